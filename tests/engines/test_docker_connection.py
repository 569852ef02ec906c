from pathlib import Path

import pytest

from labdesk.engines.docker_connection import DockerConnection
from labdesk.engines.service import EngineUnavailable


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:99999", "tcp://lab:port", "http://[::1", "nonsense", "foo://bar", "tcp://"]
)
def test_an_address_that_is_none_is_an_engine_that_cannot_be_reached(address: str) -> None:
    with pytest.raises(
        EngineUnavailable, match=r"DOCKER_HOST .* is no address of Docker .*; write it like .*\.$"
    ) as caught:
        DockerConnection(address, 1.0).call(lambda api: api.info())
    assert address in caught.value.message


def test_tls_without_certificates_names_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=r"are not in DOCKER_CERT_PATH .*\.$"):
        DockerConnection("tcp://127.0.0.1:1", 1.0).call(lambda api: api.info())
