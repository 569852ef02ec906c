"""What the New lab panel says of labs before they are there: where their links lead, and whether they could start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel

from labdesk.labs.limits import Need
from labdesk.labs.outlook import Outlook
from labdesk.labs.resolve import AccessDefaults
from labdesk.labs.template import LabTemplate
from labdesk.ui.panels.new_lab.forecast import Forecast
from labdesk.ui.panels.new_lab.preview import reach_of, reach_text
from labdesk.ui.panels.new_lab.wording import doubled_text, outlook_text
from labdesk.ui.times import Times
from tests.gui.lab_images import NOW
from tests.gui.page_world import BERLIN, until
from tests.gui.window_world import WindowWorld, play

TIMES = Times(BERLIN, QLocale(QLocale.Language.English))
ONLY_ME = AccessDefaults()
NETWORK = AccessDefaults("0.0.0.0", "lab.example.edu")


def template(**spec: object) -> LabTemplate:
    manifest = {
        "apiVersion": "labdesk/v1",
        "kind": "LabTemplate",
        "metadata": {"name": "web"},
        "spec": {"image": "nginx:1.27", "ports": [{"name": "http", "containerPort": 80}], **spec},
    }
    return LabTemplate.model_validate(manifest)


@pytest.mark.parametrize(
    ("spec", "access", "said"),
    [
        ({}, ONLY_ME, "Links lead to 127.0.0.1, for this computer only."),
        ({"env": {"P": "{{lab.password}}"}}, NETWORK, "Links lead to lab.example.edu."),
        ({"access": {"host": "proxy.example.edu"}}, NETWORK, "Links lead to proxy.example.edu."),
        ({"ports": []}, NETWORK, ""),
    ],
)
def test_where_the_links_will_lead_is_told_by_the_rules_that_make_them(
    spec: dict[str, object], access: AccessDefaults, said: str
) -> None:
    assert reach_text(reach_of(template(**spec), access)) == said


def test_an_engine_that_does_not_answer_is_told_of_before_labs_are_created() -> None:
    found = Forecast(("ada-web",), 1, Need(1, 1), 0, None, away=True)
    text, tone = outlook_text(found, TIMES, NOW)
    assert text == "The engine does not answer now. Labs that are due start when it does."
    assert tone == "provisioning"


def test_labs_whose_time_is_over_before_there_is_room_are_not_promised_a_start() -> None:
    def told(count: int, outlook: Outlook) -> tuple[str, str]:
        return outlook_text(Forecast((), count, Need(1, 1), 1, outlook, away=False), TIMES, NOW)

    text, tone = told(9, Outlook(4, NOW, missed=5))
    assert text.startswith("There is room for 4 of 9; the others find none before their time is over.")
    assert tone == "failed"
    assert told(1, Outlook(0, None, missed=1))[0].startswith("The engine is full until its time is over")
    assert told(2, Outlook(0, None, missed=2))[0].startswith("The engine is full until their time is over")


def test_the_panel_says_where_the_links_lead(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.trigger("lab.new")
        panel = world.assembly.new_lab
        await until(lambda: world.assembly.shelf.template("default/web") is not None)
        panel.gallery.choose("default/web")
        panel.students.setPlainText("Ada Lovelace <ada@example.edu>")
        hints = [label.text() for label in panel.findChildren(QLabel)]
        assert "Links lead to 127.0.0.1, for this computer only." in hints
        await until(lambda: panel.preview.names_text == "ada-lovelace-web")

    play(tmp_path, story)


def test_who_has_a_lab_of_the_template_at_that_time_is_told_before_another_is_created(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.trigger("lab.new")
        panel = world.assembly.new_lab
        await until(lambda: world.assembly.shelf.template("default/web") is not None)
        panel.gallery.choose("default/web")
        row = world.row("Ada Lovelace")
        panel.students.setPlainText(f"Ada Lovelace <{row.email}>\ngrace@example.edu")
        panel.duration.number.setValue(20)
        said = "Ada Lovelace has such a lab then."
        await until(lambda: "room" in panel.preview.outlook_text and said not in panel.preview.outlook_text)
        panel.duration.number.setValue(60)
        await until(lambda: said in panel.preview.outlook_text)

    play(tmp_path, story)


def test_two_labs_on_one_workspace_are_warned_of() -> None:
    both = Forecast(("a",), 2, Need(1, 1), 0, None, away=False, doubled=("Ada", "Grace"), same_work=True)
    assert doubled_text(both)[0] == "2 have such a lab then, on the same workspace."
