import socket
from pathlib import Path

import pytest

from labdesk.cli.display import display_problem, x_server_answers


@pytest.mark.parametrize(
    ("environ", "answers", "problem"),
    [
        ({}, False, "There is no display here"),
        ({"DISPLAY": ":0"}, True, ""),
        ({"DISPLAY": ":0"}, False, "The display :0 does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, ""),
        ({"QT_QPA_PLATFORM": "offscreen"}, False, ""),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, False, ""),
    ],
)
def test_whether_a_window_can_open_is_known_without_qt(environ: dict[str, str], answers: bool, problem: str) -> None:
    assert display_problem(environ, "linux", lambda _: answers) == problem


def test_elsewhere_than_on_linux_there_always_is_a_display() -> None:
    assert display_problem({}, "darwin") == ""


def test_a_display_over_the_network_is_asked_by_connecting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr("labdesk.cli.display.X11_PORT", port - 10)
        assert x_server_answers("127.0.0.1:10.0")
    assert not x_server_answers("127.0.0.1:10.0")
    assert not x_server_answers("nonsense")
