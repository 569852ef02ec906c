import pytest

from labdesk.cli.tables import Column, TablePrinter, display_width, printable

COLUMNS = (Column("NAME"), Column("PHASE", 12, styles={"RUNNING": "green"}), Column("MESSAGE", wraps=True))


def test_a_table_in_a_pipe_is_plain_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    TablePrinter(COLUMNS, terminal=False).print([("ada", "RUNNING", "Ready."), ("grace-hopper", "FAILED", "")])
    assert capsys.readouterr().out.splitlines() == [
        "NAME           PHASE     MESSAGE",
        "ada            RUNNING   Ready.",
        "grace-hopper   FAILED",
    ]


def test_a_table_that_goes_on_keeps_its_columns_and_prints_one_header(capsys: pytest.CaptureFixture[str]) -> None:
    printer = TablePrinter(COLUMNS, goes_on=True, terminal=False)
    printer.print([("ada", "PENDING", "")])
    printer.print([("ada", "PROVISIONING", "Preparing.")])
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.index("MESSAGE") == second.index("Preparing.")
    assert header.index("PHASE") == first.index("PENDING") == second.index("PROVISIONING")


def test_a_terminal_gets_colours_but_never_a_name_cut_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    name = "a-name-that-is-longer-than-the-terminal-is-wide"
    TablePrinter(COLUMNS, terminal=True).print([(name, "RUNNING", "A sentence that is long enough to be broken")])
    shown = capsys.readouterr().out
    assert name in shown
    assert "\x1b[32mRUNNING" in shown
    assert "A sentence" in shown


def test_a_dumb_terminal_gets_plain_text_that_is_never_cut_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    name = "a-name-that-is-longer-" * 5
    TablePrinter(COLUMNS).print([(name, "RUNNING", "Ready.")])
    assert name in capsys.readouterr().out


def test_what_a_student_typed_cannot_steer_the_terminal() -> None:
    assert printable("Ada\x1b[2J\nLovelace\u202e") == "Ada\ufffd[2J Lovelace\ufffd"


def test_joined_letters_and_emoji_stay_as_they_are_written() -> None:
    for name in ("\U0001f469\u200d\U0001f680 Zo\u00eb", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"):
        assert printable(name) == name
    assert display_width("a\u200db") == 2


def test_wide_letters_take_two_cells() -> None:
    assert display_width("ada") == 3
    assert display_width("愛田") == 4
    assert display_width("e\u0301") == 1
