from typing import Any

import pytest

from labdesk.resource.errors import InvalidResourceError
from tests.labs.samples import lab, template

BAD_LABS: list[tuple[dict[str, Any], str]] = [
    ({"labTemplate": ""}, r"spec.labTemplate: must not be empty"),
    ({"durationMinutes": 0}, r"spec.durationMinutes: must be at least 1, not 0"),
    ({"durationMinutes": 481}, r"spec.durationMinutes: must be at most 480, not 481"),
    ({"durationMinutes": "long"}, r"spec.durationMinutes: must be a whole number"),
    ({"studentEmail": "ada"}, r"spec.studentEmail: 'ada' is no e-mail address"),
    ({"scheduledStart": "2026-11-23T10:00:00"}, r"spec.scheduledStart: .* has no time zone"),
    ({"scheduledStart": "tomorrow"}, r"spec.scheduledStart: 'tomorrow' is no time"),
    ({"resources": {"cpu": "nan"}}, r"spec.resources.cpu: 'nan' is no quantity"),
    ({"resources": {"cpu": "0"}}, r"spec.resources.cpu: must be more than 0 and at most 8"),
    ({"resources": {"cpu": "9"}}, r"spec.resources.cpu: must be more than 0 and at most 8"),
    ({"resources": {"memory": "0Gi"}}, r"spec.resources.memory: must be from 6 MiB to 1 TiB"),
    ({"resources": {"memory": "lots"}}, r"spec.resources.memory: 'lots' is no quantity"),
    ({"colour": "red"}, r"spec.colour: there is no such field"),
]
BAD_TEMPLATES: list[tuple[dict[str, Any], str]] = [
    ({"image": ""}, r"spec.image: must not be empty"),
    ({"image": "A B"}, r"spec.image: 'A B' is no image name"),
    ({"ports": [{"name": "a", "containerPort": 80}, {"name": "b", "containerPort": 80}]}, r"spec.ports: .*80 is given twice"),  # noqa: E501
    ({"ports": [{"name": "a", "containerPort": 80}, {"name": "a", "containerPort": 81}]}, r"spec.ports: .*a is given twice"),  # noqa: E501
    ({"ports": [{"name": "a", "containerPort": 65536}]}, r"spec.ports\[0\].containerPort: must be at most 65535"),
    ({"env": {"1A": "x"}}, r"spec.env: '1A' is no variable name"),
    ({"env": {"A": 1}}, r"spec.env.A: must be text, not 1; put it in quotes"),
    ({"capabilities": ["SYS_ADMIN"]}, r"spec.capabilities: SYS_ADMIN is not allowed"),
    ({"privileged": True}, r"spec.privileged: there is no such field"),
    ({"readinessProbe": {"tcpSocket": {"port": 9}}}, r"the probe's port 9 is no port of this template"),
    ({"readinessProbe": {}}, r"spec.readinessProbe: must have exactly one of"),
    ({"workspace": "work"}, r"spec.workspace: 'work' must be an absolute path"),
    ({"access": {"bind": "here"}}, r"spec.access.bind: 'here' must be an IP address"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "sentence"), BAD_LABS)
def test_a_bad_lab_is_refused_naming_the_field(spec: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidResourceError, match=sentence):
        lab(**spec)


@pytest.mark.parametrize(("spec", "sentence"), BAD_TEMPLATES)
def test_a_bad_template_is_refused_naming_the_field(spec: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidResourceError, match=sentence):
        template(**spec)


def test_a_bad_name_is_refused() -> None:
    with pytest.raises(InvalidResourceError, match=r"metadata.name: 'Ada!' must be"):
        lab("Ada!")
