"""Logs of containers that are gone or going."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from labdesk.engines.docker_logs import read_log
from labdesk.engines.service import ContainerBeingRemovedError, ContainerGoneError, EngineRequestError
from labdesk.resource.errors import LabDeskError

if TYPE_CHECKING:
    from labdesk.engines.docker_connection import DockerConnection


class Refusing:
    """A connection whose every call is refused in the same way."""

    def __init__(self, error: LabDeskError) -> None:
        self._error = error

    def call(self, _use: object) -> NoReturn:
        raise self._error


@pytest.mark.parametrize("error", [ContainerGoneError("no such container"), ContainerBeingRemovedError("on its way")])
def test_a_container_that_is_gone_or_going_has_no_last_output(error: LabDeskError) -> None:
    assert read_log(cast("DockerConnection", Refusing(error)), "c0ffee", 3) == ""


def test_a_log_that_cannot_be_read_says_so() -> None:
    connection = cast("DockerConnection", Refusing(EngineRequestError("no reading for driver none")))
    assert "no reading for driver none" in read_log(connection, "c0ffee", 3)
