"""From what the Docker SDK raises to the desk's own errors. Imports the SDK, so it is imported lazily itself."""

from __future__ import annotations

import re

import requests.exceptions
import urllib3.exceptions
from docker.errors import APIError, DockerException, StreamParseError

from labdesk.engines.docker_address import explain_no_connection, explain_timeout
from labdesk.engines.docker_look import one_line
from labdesk.engines.service import (
    ContainerBeingRemovedError,
    ContainerGoneError,
    EngineRequestError,
    EngineUnavailable,
    ImageAbsentError,
    InvalidContainerError,
    PortTakenError,
)
from labdesk.resource.errors import LabDeskError

SDK_ERRORS = (
    DockerException,
    StreamParseError,
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
)
"""All that a call into the SDK raises when engine or connection are at fault."""

_PORT = re.compile(
    r"port is already allocated|address already in use|ports are not available|failed to bind|only one usage of each",
    re.IGNORECASE,
)
_PORT_NUMBER = re.compile(r":(\d{1,5})(?:[ :/]|$)")
_PASSING = re.compile(
    r"context (?:deadline exceeded|canceled)|shutting down|transport is closing|containerd\.sock|error while dialing",
    re.IGNORECASE,
)
_IMPOSSIBLE = re.compile(r"unable to find (?:user|group)|oci runtime|executable file not found", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:Error response from daemon:\s*|failed to create (?:shim )?task(?: for container)?:\s*)+", re.IGNORECASE
)


def translate(error: BaseException, address: str, timeout: float) -> LabDeskError:
    """Return the desk's error for the SDK's; `timeout` in seconds is the one that was in force."""
    if isinstance(error, APIError):
        return translate_answer(error, address)
    timeouts = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    if isinstance(error, timeouts) or "timed out" in str(error).lower():
        return explain_timeout(address, timeout)
    if isinstance(error, DockerException) and not isinstance(error.__context__, OSError):
        return EngineRequestError(f"Docker's client refused: {str(error).rstrip('.')}.", detail=str(error))
    return explain_no_connection(address, error)


def translate_answer(error: APIError, address: str) -> LabDeskError:
    """Return the desk's error for an answer of the engine that is no success."""
    status, words = status_of(error), plain_words(error)
    if status in (502, 503, 504) or (status >= 500 and _PASSING.search(words)):
        return EngineUnavailable(f"Docker at {address} is not ready ({words}); LabDesk keeps asking.", cause="starting")
    if _PORT.search(words):
        number = _PORT_NUMBER.search(words)
        port = number.group(1) if number else ""
        named = f"Port {port} of this computer" if port else "A port the lab was given"
        return PortTakenError(f"{named} is used by something else.", port=port, detail=words)
    lower = words.lower()
    if status == 404 and "no such image" in lower:
        return ImageAbsentError(f"The image is not on the engine: {words}", detail=words)
    if status == 404 and "no such container" in lower:
        return ContainerGoneError(f"The container is gone: {words}", detail=words)
    if status == 409 and ("removal" in lower or "being removed" in lower or "marked for removal" in lower):
        return ContainerBeingRemovedError(f"An earlier container is still being removed: {words}", detail=words)
    if status in (401, 403):
        return EngineRequestError(f"Docker does not allow this: {words}", detail=words)
    if 400 <= status < 500 or _IMPOSSIBLE.search(words):
        return InvalidContainerError(words, detail=words)
    return EngineRequestError(f"Docker failed: {words}", detail=words)


def status_of(error: APIError) -> int:
    """Return the HTTP status of an answer, 500 if it had none."""
    return error.response.status_code if error.response is not None else 500


def plain_words(error: APIError) -> str:
    """Return what the engine said, on one line, without its usual prefixes."""
    words = error.explanation if isinstance(error.explanation, str) else str(error)
    return _PREFIX.sub("", one_line(words))
