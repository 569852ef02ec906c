from __future__ import annotations

import pytest

from labdesk.engines.docker_users import ROOT, Owner, numeric_owner, resolve_user

FILES = {
    "/etc/passwd": "root:x:0:0::/:/bin/sh\n# comment\nstudent:x:1000:1001::/home:/bin/sh\nbroken\n",
    "/etc/group": "root:x:0:\nstaff:x:50:a,b\n",
}


@pytest.mark.parametrize(
    ("user", "owner"),
    [
        ("", Owner(0, 0)),
        ("root", Owner(0, 0)),
        ("student", Owner(1000, 1001)),
        ("1000", Owner(1000, 1001)),
        ("4321", Owner(4321, 0)),
        ("student:staff", Owner(1000, 50)),
        ("4321:99", Owner(4321, 99)),
        ("nobodyknown", Owner(0, 0)),
    ],
)
def test_a_user_is_who_the_images_files_say(user: str, owner: Owner) -> None:
    assert resolve_user(user, lambda path: FILES.get(path, "")) == owner


def test_an_image_without_such_files_has_numbers_only() -> None:
    assert resolve_user("1000:50", lambda _: "") == Owner(1000, 50)


def test_the_image_is_not_asked_when_the_text_tells_it() -> None:
    assert numeric_owner("") == numeric_owner("0") == numeric_owner("root") == ROOT
    assert numeric_owner("7:8") == Owner(7, 8)
    assert numeric_owner("7") is None
    assert numeric_owner("7", any_group=True) == Owner(7, 0)
    assert numeric_owner("student", any_group=True) is None
