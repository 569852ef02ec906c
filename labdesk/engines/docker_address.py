"""Where Docker is, and what to tell a teacher when it is not there."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from labdesk.engines.service import EngineUnavailable

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_PIPE = "npipe:////./pipe/docker_engine"


def find_address(
    environ: Mapping[str, str] = os.environ,
    exists: Callable[[str], bool] = os.path.exists,
    platform: str = sys.platform,
) -> str:
    """Return DOCKER_HOST, else the first socket there is (system, rootless, Docker Desktop), else the system's."""
    if environ.get("DOCKER_HOST"):
        return environ["DOCKER_HOST"]
    if platform == "win32":
        return DEFAULT_PIPE
    found = next((socket for socket in _sockets(environ) if exists(socket)), DEFAULT_SOCKET)
    return f"unix://{found}"


def _sockets(environ: Mapping[str, str]) -> Iterator[str]:
    yield DEFAULT_SOCKET
    if environ.get("XDG_RUNTIME_DIR"):
        yield f"{environ['XDG_RUNTIME_DIR']}/docker.sock"
    home = Path(environ.get("HOME", "~"))
    yield str(home / ".docker/desktop/docker.sock")
    yield str(home / ".docker/run/docker.sock")


def is_local(address: str) -> bool:
    """True if the engine runs on this computer, as far as its address tells."""
    return address.startswith(("unix://", "npipe://", "http+unix://", "/"))


def host_of(address: str) -> str:
    """Return the host on which the engine publishes ports."""
    if is_local(address):
        return "127.0.0.1"
    host = address.split("://", 1)[-1].rsplit("@", 1)[-1].split("/", 1)[0]
    return host.rsplit(":", 1)[0].strip("[]") if ":" in host else host


def explain_no_connection(
    address: str, error: BaseException, which: Callable[[str], str | None] = shutil.which
) -> EngineUnavailable:
    """Return what to do about an engine that cannot be connected to. The cause is found in the chain of `error`."""
    number = next((found.errno for found in _chain(error) if isinstance(found, OSError) and found.errno), None)
    if number in (errno.EACCES, errno.EPERM):
        return EngineUnavailable(
            f"This user may not use Docker ({address}): add yourself to the docker group with "
            "'sudo usermod -aG docker $USER', then log out and in again.",
            cause="permission-denied",
            address=address,
        )
    if number == errno.ENOENT and is_local(address) and not (which("docker") or which("dockerd")):
        return EngineUnavailable(
            f"Docker is not installed on this computer (nothing at {address}): install Docker Engine or Docker "
            "Desktop and start it; LabDesk then goes on by itself.",
            cause="not-installed",
            address=address,
        )
    if number in (errno.ENOENT, errno.ECONNREFUSED):
        return EngineUnavailable(
            f"Docker is not running (nothing answers at {address}): start it with 'sudo systemctl start docker' "
            "or open Docker Desktop; LabDesk then goes on by itself.",
            cause="not-running",
            address=address,
        )
    detail = _root_words(error)
    return EngineUnavailable(
        f"There is no connection to Docker at {address} ({detail}); check the address, and that Docker runs there.",
        cause="no-connection",
        address=address,
        detail=detail,
    )


def explain_bad_address(address: str, error: Exception) -> EngineUnavailable:
    """Return what to do about an address that is none."""
    return EngineUnavailable(
        f"The engine's address '{address}' (DOCKER_HOST or the settings) is no address of Docker ({error}); write it "
        "like unix:///var/run/docker.sock or tcp://lab-server:2375.",
        cause="bad-address",
        address=address,
    )


def explain_another_server(address: str) -> EngineUnavailable:
    """Return what to do about something that answers, but knows nothing of what every engine does."""
    return EngineUnavailable(
        f"What answers at {address} is no Docker engine; check the address.", cause="no-engine", address=address
    )


def explain_bad_certificates(address: str) -> EngineUnavailable:
    """Return what to do when the environment asks for TLS without the files for it."""
    return EngineUnavailable(
        f"The certificates for Docker at {address} are not in DOCKER_CERT_PATH (ca.pem, cert.pem, key.pem); put them "
        "there, or leave out DOCKER_TLS_VERIFY.",
        cause="bad-certificates",
        address=address,
    )


def explain_timeout(address: str, seconds: float) -> EngineUnavailable:
    return EngineUnavailable(
        f"Docker at {address} did not answer within {seconds:g} s; it may be busy or hang. LabDesk keeps asking; if it "
        "stays like this, restart Docker.",
        cause="timeout",
        address=address,
    )


def _root_words(error: BaseException) -> str:
    """Return what the innermost exception says, in the system's words: the outer ones print each other's code."""
    *_, root = _chain(error)
    words = root.strerror if isinstance(root, OSError) and root.strerror else str(root)
    return " ".join(words.split())[:200] or type(root).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception with its causes and the exceptions it carries as arguments (requests wraps them so)."""
    pending, seen = [error], set[int]()
    while pending:
        found = pending.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        inner = (found.__cause__, found.__context__, getattr(found, "reason", None), *found.args)
        pending.extend(each for each in inner if isinstance(each, BaseException))
