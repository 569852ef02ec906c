"""The per-lab secret in a spec: a placeholder everywhere, the real thing only in what the engine is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from labdesk.engines.spec import ContainerSpec

PASSWORD_PLACEHOLDER = "{{lab.password}}"  # noqa: S105  (the placeholder, not a password)


def fill_password(spec: ContainerSpec, password: str) -> ContainerSpec:
    """Return `spec` with the placeholder replaced in the command and in the values of env.

    The result is secret: never log, store or hash it.
    """

    return spec.model_copy(
        update={
            "command": tuple(with_password(word, password) for word in spec.command),
            "env": {name: with_password(value, password) for name, value in spec.env.items()},
        }
    )


def asks_for_password(command: Iterable[str], env: Mapping[str, str]) -> bool:
    """True if a container with these is given the password."""
    return any(PASSWORD_PLACEHOLDER in text for text in (*command, *env.values()))


def with_password(text: str, password: str) -> str:
    return text.replace(PASSWORD_PLACEHOLDER, password)
