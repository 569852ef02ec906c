from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

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


def test_another_server_that_answers_there_is_not_taken_for_an_engine() -> None:
    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Web) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        address = f"tcp://127.0.0.1:{server.server_port}"
        with pytest.raises(EngineUnavailable) as caught:
            DockerConnection(address, 5.0).call(lambda api: api.info())
        server.shutdown()
        serving.join()
    assert caught.value.message == f"What answers at {address} is no Docker engine; check the address."
