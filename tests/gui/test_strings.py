"""Every string that a person reads goes through tr(): read out of the window's own source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import labdesk.ui
from labdesk.ui.fonts import Fonts
from labdesk.ui.tokens import Colors

ROOM = Path(labdesk.ui.__file__).parent
SOURCES = sorted(ROOM.rglob("*.py"))
TRANSLATING = frozenset({"tr", "_tr", "translate", "QT_TRANSLATE_NOOP", "QT_TR_NOOP"})
SAYING = frozenset(
    {
        "setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setTitle",
        "setStatusTip", "setWhatsThis", "setPrefix", "setSuffix", "setWindowTitle", "setSpecialValueText", "setHtml",
        "addMenu", "addSection", "addTab", "addItems", "setHeaderLabels", "setLabelText", "setNameFilters",
        "set_text", "set_note", "set_tip", "set_title", "set_problem", "offer_undo",
        "Label", "ElidedLabel", "QLabel", "QAction", "SearchField",
    }
)  # fmt: skip
"""Calls whose every argument in words is read by somebody, a single word too."""
UNREAD = frozenset({"spawn", "_spawn", "cast", "TypeVar", "compile", "Template", "debug", "info", "warning", "error"})
"""Calls that take names of tasks, types, patterns and log lines."""
ENGLISH = frozenset({"pages/health/diagnostics.py"})
"""What is copied for those who help, who must be able to read it whatever the window's language is."""
NAMES = frozenset({"LabDesk", "Docker", "Fusion"})
_TOKENS = frozenset(field.name for field in (*fields(Fonts), *fields(Colors)))
"""Names of fonts and colours, which many of these calls take too."""
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]|^[A-Z][a-z]{2,}[a-z ]* ?[….?!]?$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_WORDS = re.compile(r"mdi6\.[\w-]+|</?[^>]*>?|[a-z]+-?[a-z]*:[^;']*[;']|&\w+;|\{\w+\}")
_KEYS = re.compile(r"^((Ctrl|Shift|Alt)\+)*(Del|Home|End|Return|Enter|Escape|Space|PgUp|PgDown|Ins|Back|F\d+|.)$")
_DATE = re.compile(r"^[dMyHhmsEz ,.:'-]+$")


def pieces(node: ast.expr) -> Iterator[str]:
    """Every literal of an argument that is not itself an argument of a call within it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from (*pieces(node.body), *pieces(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from pieces(value)
    elif isinstance(node, ast.BinOp):
        yield from (*pieces(node.left), *pieces(node.right))
    elif isinstance(node, ast.List | ast.Tuple):
        for value in node.elts:
            yield from pieces(value)


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_read(text: str, *, everything: bool) -> bool:
    """Whether somebody reads it: any word where everything is said, else what looks like a word or sentence."""
    if text in NAMES | _TOKENS or _KEYS.match(text) or _DATE.match(text):
        return False
    words = _NO_WORDS.sub(" ", text)
    return bool((_WORD if everything else _SENTENCE).search(words))


def bare_texts(source: str) -> list[str]:
    """Return what a source says without translating it, as `line: call: text`."""
    tree = ast.parse(source)
    raised = {id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or id(node) in raised:
            continue
        name = called(node)
        if name in TRANSLATING | UNREAD or name.endswith("Error"):
            continue
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            found += [
                f"{node.lineno}: {name}: {text}"
                for text in pieces(argument)
                if is_read(text, everything=name in SAYING)
            ]
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOM).as_posix())
def test_what_a_person_reads_is_translated(source: Path) -> None:
    if source.relative_to(ROOM).as_posix() not in ENGLISH:
        assert bare_texts(source.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'label.setText("stop")',
        'button.setToolTip(f"Stop {name}")',
        'toasts.show("The lab was stopped")',
        'Label(theme, "Engine", role="caption")',
        'Button(theme, "Stop", icon="mdi6.stop")',
        'view.setAccessibleName("labs" if many else self.tr("lab"))',
        'ServiceState(why_not="This computer has no systemd")',
    ],
)
def test_a_bare_text_is_found(line: str) -> None:
    assert len(bare_texts(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        'label.setText(self.tr("Stop"))',
        'label.setText("—")',
        "label.setText(f\"<b>{name}</b> <span style='color:{muted}'>{where}</span>\")",
        'Button(theme, self.tr("Stop"), icon="mdi6.stop", kind=kind)',
        'tasks.spawn(run(), "stop the labs")',
        'raise InvalidResourceError("image", "must be given")',
    ],
)
def test_what_nobody_reads_or_is_translated_passes(line: str) -> None:
    assert bare_texts(line) == []
