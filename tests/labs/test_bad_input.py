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
    ({"resources": {"cpu": "0"}}, r"spec.resources.cpu: must be from 10m to 8 cores"),
    ({"resources": {"cpu": "9"}}, r"spec.resources.cpu: must be from 10m to 8 cores"),
    ({"resources": {"memory": "0Gi"}}, r"spec.resources.memory: must be from 6 MiB to 1 TiB"),
    ({"resources": {"memory": "lots"}}, r"spec.resources.memory: 'lots' is no quantity"),
    ({"durationMinutes": True}, r"spec.durationMinutes: must be a whole number, not true"),
    ({"durationMinutes": None}, r"spec.durationMinutes: must be a whole number, not nothing"),
    ({"durationMinutes": 30, "extensionMinutes": -30}, r"spec.extensionMinutes: takes away all of the 30 min"),
    ({"scheduledStart": 750}, r"spec.scheduledStart: 750 is no time"),
    ({"scheduledStart": "9999-12-31T23:00:00-05:00"}, r"spec.scheduledStart: is a time no calendar has"),
    ({"scheduledStart": "2200-01-01T00:00:00Z"}, r"spec.scheduledStart: the year 2200 is too far away"),
    ({"resources": {"cpu": "1n"}}, r"spec.resources.cpu: must be from 10m to 8 cores"),
    ({"studentName": "Ada\x1b[31m"}, r"spec.studentName: holds a control character"),
    ({"studentName": "Ada\0"}, r"spec.studentName: holds something that is no character"),
    ({"studentName": "\ud800"}, r"spec.studentName: holds something that is no character"),
    ({"studentName": "x" * 201}, r"spec.studentName: must have at most 200 characters"),
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
    ({"image": "nginx:"}, r"spec.image: 'nginx:' is no image name"),
    ({"image": "https://example.org/nginx"}, r"spec.image: .* is no image name"),
    ({"image": "team//app"}, r"spec.image: .* is no image name"),
    ({"command": "sleep 5"}, r"spec.command: must be a list like \[a, b\], not 'sleep 5'"),
    ({"command": [""]}, r"spec.command: begins with an empty text"),
    ({"command": ["a\0b"]}, r"spec.command\[0\]: holds something that is no character"),
    ({"env": ["A=1"]}, r"spec.env: must have fields of its own, like \{name: value\}"),
    ({"env": {"A": "\0"}}, r"spec.env.A: holds something that is no character"),
    ({"resources": None}, r"spec.resources: must have fields of its own, .* not nothing"),
    ({"user": "root; rm"}, r"spec.user: 'root; rm' is no user"),
    ({"user": "\u00b2"}, r"spec.user: '\u00b2' is no user"),
    ({"user": "2147483648"}, r"spec.user: '2147483648' is no user"),
    ({"workspace": "//"}, r"spec.workspace: '//' must be an absolute path"),
    ({"workspace": "/work/."}, r"spec.workspace: '/work/.' must be an absolute path"),
    ({"workspace": "/a\tb"}, r"spec.workspace: .* must be an absolute path"),
    ({"workspace": "/proc/x"}, r"spec.workspace: '/proc/x' belongs to the system"),
    ({"writable": ["//dev/"]}, r"spec.writable: '//dev/' belongs to the system"),
    ({"readinessProbe": {"httpGet": {"port": "http", "path": "/a\r\nX: 1"}}}, r"httpGet.path: must have no spaces"),
    ({"access": {"bind": "fe80::1%eth0"}}, r"spec.access.bind: .* must be an IP address"),
    ({"access": {"host": "a b"}}, r"spec.access.host: 'a b' must be the name or IP address"),
    ({"access": {"ports": [{"name": "http"}, {"name": "http"}]}}, r"spec.access.ports: the port http is given twice"),
    ({"access": {"ports": [{"name": "http", "path": "@evil.example"}]}}, r"spec.access.ports\[0\].path: must begin with /"),  # noqa: E501
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


@pytest.mark.parametrize(
    "image",
    [
        "nginx", "nginx:1.27", "registry:5000/team/app:2", "127.0.0.1:5000/x__y/a-b", "quay.io/a/b.c:v1.2_x",
        f"busybox@sha256:{'a' * 64}", f"localhost/app:1@sha256:{'0' * 64}", "9d79de8785f1",
    ],
)  # fmt: skip
def test_image_names_are_docker_s_own(image: str) -> None:
    assert template(image=image).spec.image == image


@pytest.mark.parametrize("user", ["1000", "1000:1000", "student", "student:staff", "root", "_apt", "2147483647", ""])
def test_users_may_be_names_and_numbers(user: str) -> None:
    assert template(user=user).spec.user == user


def test_shared_memory_may_be_made_writable() -> None:
    assert template(writable=["/dev/shm", "/home/lab/"]).spec.writable == ("/dev/shm", "/home/lab/")


def test_a_name_from_a_spreadsheet_loses_its_tabs_and_line_breaks() -> None:
    assert lab(studentName=" Ada\tLovelace\n").spec.student_name == "Ada Lovelace"
