"""Lists of students as they are typed and pasted."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labdesk.labs.student_list import LineFault, read_student_lines
from labdesk.labs.students import Student, clean_name

ADA, BOB = Student("ada@example.edu", "Ada Lovelace"), Student("bob@example.edu", "Bob")


def students(text: str) -> list[Student]:
    lines = read_student_lines(text)
    assert [line for line in lines if line.fault] == []
    return [student for line in lines for student in line.students]


def faults(text: str) -> list[tuple[int, str, LineFault]]:
    return [(line.number, line.text, line.fault) for line in read_student_lines(text) if line.fault]


def test_names_addresses_and_separators() -> None:
    text = "Ada Lovelace <ada@example.edu>\nbob@example.edu, carol@example.edu; Dan Ö <dan@example.edu>\n\n"
    assert students(text) == [
        ADA,
        Student("bob@example.edu"),
        Student("carol@example.edu"),
        Student("dan@example.edu", "Dan Ö"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lovelace ada@example.edu", "ada@example.edu Ada Lovelace", '"Ada Lovelace" ada@example.edu',
        "Ada  Lovelace   ada@example.edu",
    ],
)  # fmt: skip
def test_a_blank_is_enough_between_a_name_and_its_address(line: str) -> None:
    assert students(line) == [ADA]


def test_a_last_name_first_stays_together() -> None:
    expected = [Student("ada@example.edu", "Lovelace, Ada"), Student("bob@example.edu")]
    assert students('"Lovelace, Ada" <ada@example.edu>, bob@example.edu') == expected
    assert students("Lovelace, Ada <ada@example.edu>; bob@example.edu") == expected


@pytest.mark.parametrize("mark", ["\t", ",", ";", " ; "])
@pytest.mark.parametrize("quote", ["", '"'])
def test_cells_of_a_spreadsheet_or_csv_in_any_order(mark: str, quote: str) -> None:
    name, email, last, first = (f"{quote}{text}{quote}" for text in ("Ada Lovelace", ADA.email, "Lovelace", "Ada"))
    number = f"{quote}4711{quote}"
    assert students(mark.join([name, email])) == [ADA]
    assert students(mark.join([email, name])) == [ADA]
    assert students(mark.join([number, name, email, "", number])) == [ADA]
    assert students(mark.join([last, first, email])) == [Student(ADA.email, "Lovelace, Ada")]
    assert students(mark.join([email, last, first])) == [Student(ADA.email, "Lovelace, Ada")]


@pytest.mark.parametrize(
    "table",
    [
        "Name\tE-mail\nAda Lovelace\tada@example.edu\nBob\tbob@example.edu",
        "email,name\r\nada@example.edu,Ada Lovelace\r\n\r\nbob@example.edu,Bob\r\n",
        "Last Name;First Name;Email Address\nLovelace;Ada;ada@example.edu\n;Bob;bob@example.edu",
        '"First name","Surname","ID","Email address"\n"Ada","Lovelace","1","ada@example.edu"\nBob,,,bob@example.edu',
        "Nachname;Vorname;Gruppe;E-Mail-Adresse\nLovelace;Ada;A;ada@example.edu\n;Bob;B;bob@example.edu",
        "Name;Vorname;Mail\nLovelace;Ada;ada@example.edu\n;Bob;bob@example.edu",
        "\ufeffE-Mail;Student\nada@example.edu;Ada Lovelace\nbob@example.edu;Bob",
        "\tE-mail\tName\n1\tada@example.edu\tAda Lovelace\n2\tbob@example.edu\tBob",
    ],
)
def test_a_row_of_headings_names_the_columns(table: str) -> None:
    assert students(table) == [ADA, BOB]


def test_below_a_table_lines_are_read_as_ever() -> None:
    assert students("E-mail\nada@example.edu, bob@example.edu") == [Student(ADA.email), Student(BOB.email)]
    assert students("Name,E-mail\nada@example.edu, bob@example.edu") == [Student(ADA.email), Student(BOB.email)]
    assert students("Name;Mail;Group\nAda Lovelace;ada@example.edu;A\nBob <bob@example.edu>") == [ADA, BOB]


def test_a_name_that_is_the_address_again_is_none() -> None:
    assert students("'ada@example.edu' <ada@example.edu>") == [Student("ada@example.edu")]
    assert students("Name;Mail\nada@example.edu;ada@example.edu") == [Student("ada@example.edu")]


def test_nobody_is_left_out_in_silence() -> None:
    assert faults("\nAda\nada@example.edu, Ada, bob@example.edu\nAda <ada@example.edu>, Bob") == [
        (2, "Ada", LineFault.NO_ADDRESS),
        (3, "ada@example.edu, Ada, bob@example.edu", LineFault.SEVERAL),
        (4, "Ada <ada@example.edu>, Bob", LineFault.NO_ADDRESS),
    ]


@pytest.mark.parametrize(
    "line",
    ["ada", "Ada <ada@>", "Ada ada@ example.edu", "Ada;ada@example", "Mail, Ada; ada@", "Mailer, Ada", "<>", '"', "@"],
)
def test_a_line_without_an_address_is_named(line: str) -> None:
    assert faults(f"bob@example.edu\n{line}") == [(2, line, LineFault.NO_ADDRESS)]


def test_a_name_that_no_lab_takes_is_told_of_its_line() -> None:
    assert faults("\x07 <ada@example.edu>") == [(1, "\x07 <ada@example.edu>", LineFault.BAD_NAME)]
    assert [fault for *_, fault in faults(f"{'x' * 201} <ada@example.edu>")] == [LineFault.BAD_NAME]


WORDS = st.text("abzÄßøñ李 .'-", min_size=1, max_size=12).map(lambda text: f"N{text}".strip(" '"))
"""Names begin with a letter: a cell without one is a number of a row."""
ADDRESSES = st.from_regex(r"[a-z0-9.+_-]{1,9}@[a-z0-9]{1,5}\.(?:edu|org)", fullmatch=True)


@given(st.text(max_size=60) | st.text("a@b.\t;,\"<> '\n", max_size=60))
@example('"""\t<<>>;@,')
def test_any_text_is_read_and_what_is_found_is_what_a_lab_takes(text: str) -> None:
    for line in read_student_lines(text):
        assert line.text == text.split("\n")[line.number - 1].strip()
        for student in line.students:
            assert students(str(student)) == [student]


@given(st.lists(st.tuples(WORDS, WORDS, ADDRESSES), min_size=1, max_size=5), st.sampled_from("\t;,"), st.booleans())
def test_a_table_says_the_same_with_any_separator_with_quotes_and_without(
    rows: list[tuple[str, str, str]], mark: str, quotes: bool
) -> None:
    def write(*cells: str) -> str:
        return mark.join(f'"{cell}"' if quotes else cell for cell in cells)

    one_line = [" ".join(f"{first} {last}".split()) for last, first, _ in rows]
    expected = [Student(email, name) for name, (*_, email) in zip(one_line, rows, strict=True)]
    assert students("\n".join([write("Last name", "First name", "E-mail"), *(write(*row) for row in rows)])) == expected
    assert students("\n".join(write(student.name, student.email) for student in expected)) == expected
    assert students("\n".join(write(student.email, student.name) for student in expected)) == expected


def test_marks_that_turn_the_direction_of_writing_never_reach_a_name() -> None:
    turned = clean_name("\u202eada\u202c Love\u00adlace\ufeff \u2067x\u2069")
    assert turned == "ada Lovelace x"
    assert students("\u202eAda Lovelace\u202c \u2066<ada@example.edu>\u2069") == [ADA]
    assert clean_name("\u202e") == ""
    assert clean_name("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"  # joiners are part of names
