"""The Templates page: many, none, a pull under way, and every kind of trouble."""

from __future__ import annotations

import asyncio

from labdesk.engines.service import ImagePullError, ProgressHandler, PullProgress
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.ui.pages.templates.page import TemplatesPage
from tests.screens.scenes import scene
from tests.screens.stage import Stage

_MIB = 2**20
_RICH = """
apiVersion: labdesk/v1
kind: LabTemplate
metadata: {name: notebook}
spec:
  description: Jupyter Notebook with Python for science.
  image: quay.io/jupyter/scipy-notebook:2025-03-14
  command: [jupyter, notebook, --ip=0.0.0.0, --port=8888, --no-browser]
  env: {JUPYTER_TOKEN: "{{lab.password}}", LANG: en_GB.UTF-8}
  user: "1000:100"
  workspace: /home/jovyan
  writable: [/tmp, /run]
  ports: [{name: http, containerPort: 8888}, {name: db, containerPort: 5432}]
  readinessProbe: {httpGet: {port: http, path: /api}}
  resources: {cpu: "1", memory: 1Gi}
  capabilities: [CHOWN, SETUID]
  access: {ports: [{name: http, path: "/tree?token={{lab.password}}"}, {name: db, scheme: tcp}]}
"""
_MANY = "\n---\n".join(
    f"{{apiVersion: labdesk/v1, kind: LabTemplate, metadata: {{name: {name}}}, spec: {{image: '{image}', "
    f"description: '{text}', resources: {{memory: {memory}}}}}}}"
    for name, image, text, memory in (
        ("algorithms", "gcc:14", "A compiler and a shell.", "512Mi"),
        ("compilers-advanced-seminar", "registry.example.edu:5000/informatics/llvm-seminar:19", "LLVM.", "4Gi"),
        ("git-basics", "alpine/git:2.47", "A shell with Git.", "64Mi"),
        ("graphs", "neo4j:5", "A graph database with its browser.", "2Gi"),
        ("java-intro", "eclipse-temurin:21", "Java for first steps.", "1Gi"),
        ("linux-shell", "debian:12", "Nothing but a shell.", "128Mi"),
        ("networks", "nicolaka/netshoot:v0.13", "Tools for looking at networks.", "256Mi"),
        ("r-statistics", "rocker/rstudio:4.4", "RStudio in the browser.", "2Gi"),
        ("rust-intro", "rust:1.83", "Rust for first steps.", "1536Mi"),
        ("web-ide", "codercom/code-server:4.96.4", "An editor in the browser.", "1Gi"),
    )
)


async def _templates(stage: Stage, subject: str = "") -> TemplatesPage:
    stage.window.activateWindow()
    stage.window.show_page("templates", subject)
    await stage.settle_async()
    page = stage.window.page("templates")
    assert isinstance(page, TemplatesPage)
    return page


def _engine(stage: Stage) -> SimulatedContainerService:
    assert stage.desk is not None
    service = stage.desk.engine_monitor.service
    assert isinstance(service, SimulatedContainerService)
    return service


async def _add(stage: Stage, manifest: str) -> None:
    assert stage.desk is not None
    await stage.desk.commands.apply_async(manifest)
    await stage.settle_async()


@scene("templates")
async def templates(stage: Stage) -> None:
    await _templates(stage, "default/python-intro")


@scene("templates-plain")
async def templates_plain(stage: Stage) -> None:
    await _templates(stage)


@scene("templates-many")
async def templates_many(stage: Stage) -> None:
    await _add(stage, f"{_MANY}\n---\n{_RICH}")
    await _templates(stage, "default/notebook")


@scene("templates-form-end")
async def templates_form_end(stage: Stage) -> None:
    await _add(stage, _RICH)
    page = await _templates(stage, "default/notebook")
    await stage.settle_async()
    page.panel.scroll_to(page.editor.form.fields["spec.ports"])


@scene("templates-form-last")
async def templates_form_last(stage: Stage) -> None:
    await _add(stage, _RICH)
    page = await _templates(stage, "default/notebook")
    await stage.settle_async()
    page.panel.scroll_to(page.editor.form.fields["spec.writable"])


@scene("templates-yaml")
async def templates_yaml(stage: Stage) -> None:
    await _add(stage, _RICH)
    page = await _templates(stage, "default/notebook")
    page.editor.tabs.choose("yaml")


@scene("templates-yaml-wrong")
async def templates_yaml_wrong(stage: Stage) -> None:
    page = await _templates(stage, "default/python-intro")
    page.editor.tabs.choose("yaml")
    page.editor.yaml.setPlainText(page.editor.yaml.toPlainText().replace("1536Mi", "0Gi").replace("8888", "http"))


@scene("templates-changes")
async def templates_changes(stage: Stage) -> None:
    page = await _templates(stage, "default/python-intro")
    page.editor.tabs.choose("yaml")
    page.editor.yaml.setPlainText(page.editor.yaml.toPlainText().replace("1536Mi", "2Gi").replace(":7", ":8"))
    page.editor.tabs.choose("changes")


@scene("templates-wrong")
async def templates_wrong(stage: Stage) -> None:
    page = await _templates(stage, "default/python-intro")
    form = page.editor.form
    form.image.setText("Not an image")
    form.image.textEdited.emit("Not an image")


@scene("templates-new")
async def templates_new(stage: Stage) -> None:
    page = await _templates(stage)
    page.new_template()
    page.editor.proceed()


@scene("templates-pulling")
async def templates_pulling(stage: Stage) -> None:
    async def pull(image: str, on_progress: ProgressHandler) -> None:
        on_progress(PullProgress(image, 212 * _MIB, 498 * _MIB, "Downloading"))
        await asyncio.Event().wait()

    _engine(stage).pull_image_async = pull  # type: ignore[method-assign]
    page = await _templates(stage, "default/python-intro")
    page.panel.image_card.pull_button.click()


@scene("templates-pull-failed")
async def templates_pull_failed(stage: Stage) -> None:
    async def pull(image: str, on_progress: ProgressHandler) -> None:
        raise ImagePullError(
            f"pull access denied for {image}, repository does not exist or may require 'docker login'", image=image
        )

    _engine(stage).pull_image_async = pull  # type: ignore[method-assign]
    page = await _templates(stage, "default/python-intro")
    page.panel.image_card.pull_button.click()


@scene("templates-engine-away", engine_away=True)
async def templates_engine_away(stage: Stage) -> None:
    await _templates(stage, "default/python-intro")


@scene("templates-none-found")
async def templates_none_found(stage: Stage) -> None:
    page = await _templates(stage)
    page.toolbar.search.set_text("zebra")


@scene("templates-empty", morning=False)
async def templates_empty(stage: Stage) -> None:
    await _templates(stage)


@scene("templates-deleting")
async def templates_deleting(stage: Stage) -> None:
    page = await _templates(stage, "default/web-basics")
    page.changes.delete("default/web-basics")
    await stage.settle_async()
    for toast in stage.window.toasts.toasts:
        toast.pause()


@scene("templates-in-use")
async def templates_in_use(stage: Stage) -> None:
    page = await _templates(stage, "default/databases")
    page.changes.delete("default/databases")
    await stage.settle_async()
    for toast in stage.window.toasts.toasts:
        toast.pause()
