"""Reaching a lab: its links, its password, browser and terminal."""

from __future__ import annotations

import shlex
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from labdesk.ui.desktop import command_text
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.labels import ElidedLabel
from tests.gui.labs_world import click_cell
from tests.gui.page_world import click, press, until
from tests.gui.window_world import TEMPLATE, WindowWorld, play


def test_links_are_copied_with_name_mail_and_password(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        world.choose("Ada Lovelace", "Grace Hopper")
        world.trigger("lab.copy_links")
        await until(lambda: world.desktop.copied)
        lines = world.desktop.copied[-1].splitlines()
        assert len(lines) == 2
        name, mail, link, password = lines[0].split("\t")
        assert (name, mail) == ("Ada Lovelace", "ada@example.edu")
        assert link.startswith("http://127.0.0.1:")
        assert password == world.desk.secrets.password_for(world.row("Ada Lovelace").uid) != ""
        assert world.toasts == ["Copied 2 links with names, e-mails and passwords"]

    play(tmp_path, story)


def test_the_links_of_one_lab_are_copied_beside_them_as_by_the_key(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        click_cell(world, "Ada Lovelace")
        click(world.labs.inspector.copy_link)
        await until(lambda: world.desktop.copied)
        press(world.labs.view, Qt.Key.Key_C)
        await until(lambda: len(world.desktop.copied) == 2)
        assert world.desktop.copied[0] == world.desktop.copied[1]
        assert world.toasts == ["Copied Ada Lovelace's link with name, e-mail and password"] * 2

    play(tmp_path, story)


def test_a_copied_link_has_no_name_that_a_spreadsheet_takes_for_a_formula(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("=1+1 Eve")
        world.choose("=1+1 Eve")
        world.trigger("lab.copy_links")
        await until(lambda: world.desktop.copied)
        assert world.desktop.copied[-1].startswith("'=1+1 Eve\t'=1+1@example.edu\t")
        assert world.toasts == ["Copied =1+1 Eve's link with name, e-mail and password"]

    play(tmp_path, story)


def test_a_copied_command_is_read_by_a_shell_as_it_was() -> None:
    command = ["docker", "-H", "unix:///var/run/my docker.sock", "exec", "-it", "c1", "sh", "-c", 'echo "$HOME"; it\'s']
    assert shlex.split(command_text(command)) == command


def test_no_password_is_copied_that_the_lab_does_not_ask_for(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.desk.commands.apply_async(TEMPLATE.replace("{{lab.password}}", "letmein"))
        await world.create_running("Ada Lovelace")
        assert world.desk.secrets.password_for(world.row("Ada Lovelace").uid)
        world.choose("Ada Lovelace")
        world.trigger("lab.copy_links")
        await until(lambda: world.desktop.copied)
        lab = await world.lab("Ada Lovelace")
        assert world.desktop.copied == [f"Ada Lovelace\tada@example.edu\t{lab.status.access_urls[0].url}\n"]
        assert world.toasts == ["Copied Ada Lovelace's link with name and e-mail"]

    play(tmp_path, story)


def test_a_link_that_takes_the_password_shows_it_filled_in(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        access = '  access: {ports: [{name: http, path: "/?token={{lab.password}}"}]}'
        await world.desk.commands.apply_async(f"{TEMPLATE}{access}\n")
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        uid = world.row("Ada Lovelace").uid

        def addresses() -> list[str]:
            labels = world.labs.inspector.findChildren(ElidedLabel)
            return [label.text for label in labels if label.isVisible() and "/?token=" in label.text]

        await until(addresses)
        (address,) = addresses()
        assert address.endswith(f"/?token={world.desk.secrets.password_for(uid)}")

    play(tmp_path, story)


def test_a_link_in_the_inspector_opens_by_its_text_and_its_button_and_says_where_there_is_no_browser(
    tmp_path: Path,
) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        inspector = world.labs.inspector
        (address,) = [part for part in inspector.findChildren(ElidedLabel) if part.text.startswith("http://")]
        (button,) = [part for part in inspector.findChildren(Button) if part.toolTip() == "Open in browser"]
        click(address)
        click(button)
        assert world.desktop.opened == [address.text, address.text]
        world.desktop.has_browser = False
        click(address)
        assert world.toasts == ["No browser was found; the link is on the clipboard"]
        assert world.desktop.copied == [address.text]

    play(tmp_path, story)


def test_a_click_on_the_address_opens_it_in_the_browser(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await until(lambda: bool(world.row("Ada Lovelace").access))
        view = world.labs.view
        rect = view.visualRect(world.labs.model.index(0, LabColumn.ACCESS))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(20, 15))
        await until(lambda: world.desktop.opened)
        assert [link.startswith("http://127.0.0.1:") for link in world.desktop.opened] == [True]

    play(tmp_path, story)


def test_without_a_terminal_the_command_is_copied_and_that_is_said(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        world.trigger("lab.shell")
        assert len(world.desktop.commands) == 1
        world.desktop.has_terminal = False
        world.trigger("lab.shell")
        assert len(world.desktop.copied) == 1
        assert world.toasts == ["No terminal could be opened; the command is on the clipboard"]

    play(tmp_path, story)
