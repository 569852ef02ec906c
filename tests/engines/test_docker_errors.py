from __future__ import annotations

from pathlib import Path

import pytest
import requests
from docker.errors import APIError, NullResource
from urllib3.exceptions import ProtocolError

from labdesk.engines.docker_address import explain_no_connection, find_address, host_of, is_local
from labdesk.engines.docker_errors import translate
from labdesk.engines.docker_pull import LayerProgress, pull_error
from labdesk.engines.service import (
    ContainerBeingRemovedError,
    ContainerGoneError,
    EngineRequestError,
    EngineUnavailable,
    ImageAbsentError,
    InvalidContainerError,
    PortTakenError,
    RegistryUnreachableError,
)

SOCKET = "unix:///var/run/docker.sock"


def answer(status: int, words: str) -> APIError:
    response = requests.Response()
    response.status_code = status
    return APIError("refused", response=response, explanation=words)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (404, "No such image: a:1", ImageAbsentError),
        (404, "No such container: abc", ContainerGoneError),
        (409, "removal of container abc is already in progress", ContainerBeingRemovedError),
        (409, "container is marked for removal and cannot be started", ContainerBeingRemovedError),
        (400, "invalid reference format", InvalidContainerError),
        (500, "unable to find user x: no matching entries in passwd file", InvalidContainerError),
        (500, "OCI runtime create failed: exec: not found", InvalidContainerError),
        (500, "Bind for 127.0.0.1:8080 failed: port is already allocated", PortTakenError),
        (500, "listen tcp4 127.0.0.1:8080: bind: address already in use", PortTakenError),
        (503, "starting", EngineUnavailable),
        (500, "context deadline exceeded", EngineUnavailable),
        (500, "no space left on device", EngineRequestError),
    ],
)
def test_what_the_engine_answers_becomes_the_right_error(status: int, words: str, kind: type[Exception]) -> None:
    assert type(translate(answer(status, words), SOCKET, 60)) is kind


def test_a_taken_port_is_named() -> None:
    words = "driver failed on endpoint x (0123abcd): Bind for 127.0.0.1:20001 failed: port is already allocated"
    error = translate(answer(500, words), SOCKET, 60)
    assert error.parameters["port"] == "20001"


def test_words_that_no_file_can_hold_are_told_all_the_same() -> None:
    half = "no such\ndevice \ud83d"
    for told in (translate(answer(500, half), SOCKET, 60), pull_error("a:1", half)):
        assert told.message.encode().decode().endswith("no such device ?")


def wrapped(error: OSError) -> Exception:
    return requests.exceptions.ConnectionError(error)


def test_no_connection_says_what_to_do() -> None:
    missing = wrapped(FileNotFoundError(2, "No such file or directory"))
    absent = explain_no_connection(SOCKET, missing, lambda _: None)
    stopped = explain_no_connection(SOCKET, missing, lambda name: f"/usr/bin/{name}")
    refused = explain_no_connection(SOCKET, wrapped(ConnectionRefusedError(111, "refused")))
    forbidden = explain_no_connection(SOCKET, wrapped(PermissionError(13, "denied")))
    assert "not installed" in absent.message
    assert "systemctl start docker" in stopped.message
    assert "systemctl start docker" in refused.message
    assert "usermod -aG docker" in forbidden.message
    causes = [error.parameters["cause"] for error in (absent, stopped, refused, forbidden)]
    assert causes == ["not-installed", "not-running", "not-running", "permission-denied"]


def test_what_broke_a_connection_is_told_in_words() -> None:
    reset = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    told = translate(requests.exceptions.ConnectionError(reset), SOCKET, 60)
    assert f"at {SOCKET} (Connection reset by peer); check the address, and that Docker runs there" in told.message


def test_a_timeout_is_told_from_a_refusal() -> None:
    error = translate(requests.exceptions.ReadTimeout("read timed out"), SOCKET, 60)
    assert (error.parameters["cause"], "within 60 s" in error.message) == ("timeout", True)


def test_what_the_client_itself_refuses_says_nothing_about_the_engine() -> None:
    assert type(translate(NullResource("Resource ID was not provided"), SOCKET, 60)) is EngineRequestError


def test_the_engine_is_looked_for_where_it_usually_is() -> None:
    assert find_address({"DOCKER_HOST": "tcp://box:2375"}, lambda _: False, "linux") == "tcp://box:2375"
    assert find_address({}, lambda _: True, "linux") == SOCKET
    rootless = {"XDG_RUNTIME_DIR": "/run/user/1000"}
    assert find_address(rootless, lambda path: "1000" in path, "linux") == "unix:///run/user/1000/docker.sock"
    home = {"HOME": "/home/ada"}
    found = find_address(home, lambda path: "desktop" in path, "linux")
    assert Path(found.removeprefix("unix://")) == Path("/home/ada/.docker/desktop/docker.sock")
    assert find_address({}, lambda _: False, "linux") == SOCKET
    assert find_address({}, lambda _: False, "win32").startswith("npipe:")


def test_ports_of_a_distant_engine_are_on_its_host() -> None:
    assert host_of(SOCKET) == "127.0.0.1"
    assert host_of("tcp://box:2375") == "box"
    assert host_of("ssh://me@box") == "box"
    assert host_of("tcp://[::1]:2375") == "::1"
    assert is_local(SOCKET)
    assert not is_local("tcp://box:2375")


def test_a_refusal_is_told_from_a_registry_that_is_away() -> None:
    refused = pull_error("a:1", "pull access denied for a, repository does not exist or may require 'docker login'")
    away = pull_error("a:1", "Get https://r/v2/: dial tcp: lookup r: no such host")
    assert not isinstance(refused, RegistryUnreachableError)
    assert isinstance(away, RegistryUnreachableError)
    assert refused.message.startswith("pull access denied")


def test_a_pull_is_interrupted_while_the_engine_waits_to_ask_the_registry_again() -> None:
    """As Docker 20.10 tells it when the connection breaks in the middle of a layer."""
    progress = LayerProgress("a:1")
    lines = [
        {"status": "Downloading", "id": "x", "progressDetail": {"current": 40, "total": 100}},
        {"status": "Retrying in 5 seconds", "id": "x", "progressDetail": {}},
        {"status": "Downloading", "id": "y", "progressDetail": {"current": 10, "total": 50}},
        {"status": "Retrying in 1 second", "id": "x", "progressDetail": {}},
        {"status": "Downloading", "id": "x", "progressDetail": {"current": 41, "total": 100}},
    ]
    seen = [progress.add(line) for line in lines]
    assert [each.interrupted for each in seen] == [False, True, True, True, False]
    assert (seen[-1].current, seen[-1].total) == (51, 150)


def test_progress_adds_up_layers_and_never_goes_back() -> None:
    progress = LayerProgress("a:1")
    lines = [
        {"status": "Pulling from a", "id": "1"},
        {"status": "Pulling fs layer", "id": "x", "progressDetail": {}},
        {"status": "Downloading", "id": "x", "progressDetail": {"current": 40, "total": 100}},
        {"status": "Downloading", "id": "y", "progressDetail": {"current": 10, "total": 50}},
        {"status": "Downloading", "id": "x", "progressDetail": {"current": 30, "total": 100}},
        {"status": "Download complete", "id": "x", "progressDetail": {}},
        {"status": "Extracting", "id": "x", "progressDetail": {"current": 1, "total": 100}},
        {"status": "Pull complete", "id": "y", "progressDetail": {}},
        {"status": "Status: Downloaded newer image for a:1"},
    ]
    seen = [progress.add(line) for line in lines]
    assert [(each.current, each.total) for each in seen] == [
        (0, 0),
        (0, 0),
        (40, 100),
        (50, 150),
        (50, 150),
        (110, 150),
        (110, 150),
        (150, 150),
        (150, 150),
    ]
    assert seen[6].text == "Extracting x"
