"""How names and paths of a template may be written: what the engine would refuse is refused while it is typed."""

from __future__ import annotations

import ipaddress
import posixpath
import re

from labdesk.resource.model import shortened

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PORT_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_ACCOUNT = r"(?:[0-9]{1,10}|[A-Za-z_][A-Za-z0-9_.-]{0,63})"
_USER = re.compile(rf"{_ACCOUNT}(?::{_ACCOUNT})?")
_REGISTRY = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_TAG, _DIGEST = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", r"@sha256:[0-9a-f]{64}"
_IMAGE = re.compile(rf"(?:{_REGISTRY})?{_PART}(?:/{_PART})*(?:{_TAG})?(?:{_DIGEST})?")
_OF_THE_KERNEL = frozenset({"/proc", "/sys", "/dev"})
MAX_ACCOUNT_NUMBER = 2**31 - 1
MAX_IMAGE_NAME = 255


def is_variable_name(text: str) -> bool:
    """True for the name of an environment variable."""
    return _VARIABLE.fullmatch(text) is not None


def is_port_name(text: str) -> bool:
    """True for 1 to 15 lower-case letters, digits and inner hyphens."""
    return _PORT_NAME.fullmatch(text) is not None


def is_image_name(text: str) -> bool:
    """True for `[registry[:port]/]name[:tag][@digest]`, as Docker's own grammar has it."""
    return len(text) <= MAX_IMAGE_NAME and _IMAGE.fullmatch(text) is not None


def is_user(text: str) -> bool:
    """True for a name or number, with or without a group behind a colon."""
    if not _USER.fullmatch(text):
        return False
    return all(int(part) <= MAX_ACCOUNT_NUMBER for part in text.split(":") if part.isdecimal())


def is_address(text: str) -> bool:
    """True for an IP address without a zone index, which no link could carry."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_host(text: str) -> bool:
    """True for a host name or an IP address, as a link can carry it."""
    return _HOST_NAME.fullmatch(text) is not None or is_address(text)


def path_inside(path: str) -> str:
    """Return a path that may be mounted inside a container; raise ValueError for any other."""
    steps = path.split("/")
    if not path.startswith("/") or not any(steps) or {".", ".."} & set(steps) or not path.isprintable():
        raise ValueError(f"'{shortened(path)}' must be an absolute path inside the container, like /home/lab")
    plain = "/" + posixpath.normpath(path).lstrip("/")  # POSIX keeps two leading slashes
    if plain in _OF_THE_KERNEL or plain.startswith(("/proc/", "/sys/")):
        raise ValueError(f"'{shortened(path)}' belongs to the system; choose another path, like /home/lab")
    return path


def without_gaps(path: str) -> str:
    """Return a path of a link or request; raise ValueError if it could not be sent as it stands."""
    if not path.isprintable() or " " in path:
        raise ValueError("must have no spaces or control characters; write %20 for a space")
    return path
