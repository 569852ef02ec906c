import pytest

from labdesk.labs.students import Student, lab_name, parse_students
from labdesk.resource.errors import InvalidResourceError


def test_names_addresses_and_separators() -> None:
    text = "Ada Lovelace <ada@example.edu>\nbob@example.edu, carol@example.edu; Dan Ö <dan@example.edu>\n\n"
    assert parse_students(text) == [
        Student("ada@example.edu", "Ada Lovelace"),
        Student("bob@example.edu"),
        Student("carol@example.edu"),
        Student("dan@example.edu", "Dan Ö"),
    ]


def test_a_last_name_first_stays_together() -> None:
    expected = [Student("ada@example.edu", "Lovelace, Ada"), Student("bob@example.edu")]
    assert parse_students('"Lovelace, Ada" <ada@example.edu>, bob@example.edu') == expected
    assert parse_students("Lovelace, Ada <ada@example.edu>; bob@example.edu") == expected


def test_a_student_given_twice_counts_once() -> None:
    assert len(parse_students("ada@example.edu\nAda <ADA@example.edu>")) == 1


@pytest.mark.parametrize("text", ["ada", "x@example.edu\nAda <ada@>", "a b@example.edu"])
def test_a_bad_line_is_named(text: str) -> None:
    with pytest.raises(InvalidResourceError, match=f"line {len(text.splitlines())}: .* has no valid e-mail"):
        parse_students(text)


def test_lab_names_are_dns_labels_and_free() -> None:
    taken = {"jose-nunez-web"}
    assert lab_name(Student("j@x.org", "José Núñez"), "web", taken) == "jose-nunez-web-2"
    assert lab_name(Student("j@x.org", "José Núñez"), "web", taken) == "jose-nunez-web-3"
    assert lab_name(Student("李@x.org", "李"), "web", taken) == "lab-web"
    assert len(lab_name(Student("x@x.org", "x" * 99), "web", taken)) <= 63
