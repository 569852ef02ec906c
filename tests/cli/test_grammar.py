import pytest

from labdesk.cli.grammar import Commands, move_leading_options

COMMANDS: Commands = {"get": {}, "apply": {}, "workspaces": {"remove": {}}}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("get labs", "get labs"),
        ("--store X get labs", "get --store X labs"),
        ("-A -o json get labs", "get -A -o json labs"),
        ("--store=X get labs", "get --store=X labs"),
        ("--store get get labs", "get --store get labs"),
        ("-n get", "-n get"),
        ("--demo", "--demo"),
        ("nonsense get", "nonsense get"),
        ("--store X workspaces", "workspaces --store X"),
        ("--store X workspaces --engine docker remove a", "workspaces remove --store X --engine docker a"),
        ("workspaces nonsense", "workspaces nonsense"),
        ("", ""),
    ],
)
def test_options_before_the_sub_command_are_options_of_it(typed: str, meant: str) -> None:
    assert move_leading_options(typed.split(), COMMANDS) == meant.split()
