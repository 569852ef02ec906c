import pytest

from labdesk.engines.docker_connection import DockerConnection
from labdesk.engines.service import EngineUnavailable


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:99999", "tcp://lab:port", "http://[::1"])
def test_an_address_that_is_none_is_an_engine_that_cannot_be_reached(address: str) -> None:
    with pytest.raises(EngineUnavailable, match=r"is no address of Docker .* set DOCKER_HOST to one like") as caught:
        DockerConnection(address, 1.0).call(lambda api: api.info())
    assert address in caught.value.message
