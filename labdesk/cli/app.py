"""The commands as they are typed. What they do is loaded only when one is called: `labdesk get` must start at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from labdesk.cli import options
from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.invocation import Invocation, carry_out

if TYPE_CHECKING:
    from labdesk.cli.selection import Selection

app = typer.Typer(
    name="labdesk",
    help="Starts, watches and ends every student's lab container on time. Without a command it opens the window.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

workspaces = typer.Typer(help="Show students' workspaces on the engine, or remove some.")
app.add_typer(workspaces, name="workspaces")

Kind = Annotated[str, typer.Argument(metavar="KIND", help="labs or templates (kind names and singulars too).")]
Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)]
Format = Annotated[str, typer.Option("--output", "-o", metavar="table|json|yaml", help="How to print it.")]


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    demo: Annotated[
        bool, typer.Option("--demo", help="Try it: sample course, simulated engine, throw-away store.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if version:
        from labdesk.cli.version import version_line

        typer.echo(version_line())
        return
    from labdesk.cli.window import open_window

    raise typer.Exit(open_window(Invocation.of(store, engine), demo=demo))


@app.command()
def get(
    kind: Kind,
    names: Names = None,
    namespace: options.Namespace = "default",
    all_namespaces: options.AllNamespaces = False,
    selector: options.Selector = "",
    output: Format = "table",
    passwords: Annotated[bool, typer.Option("--passwords", help="Fill the labs' passwords into their links.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on with a row for every change.")] = False,
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Show resources."""
    from labdesk.cli import listing
    from labdesk.cli.passwords import Links
    from labdesk.cli.selection import Selection

    choose("-o", output, "table", "json", "yaml")
    selection = Selection.of(kind_meant(kind), names or (), namespace, selector, all_namespaces=all_namespaces)
    invocation = Invocation.of(store, engine)
    links = Links(invocation.settings.store if passwords else None)
    if watch:
        from labdesk.cli import watching
        from labdesk.cli.reading_end import while_read

        carry_out(while_read(watching.watch(invocation, selection, output, links)))
    else:
        carry_out(listing.get(invocation, selection, output, links))


@app.command()
def apply(
    files: Annotated[list[str], typer.Option("--filename", "-f", metavar="FILE|-", help="Manifests; - is stdin.")],
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Create or update what manifests hold, all or nothing."""
    from labdesk.cli import applying

    invocation = Invocation.of(store, engine)
    carry_out(applying.apply(invocation, applying.read_manifests(files)))


@app.command()
def delete(
    kind: Kind,
    names: Names = None,
    namespace: options.Namespace = "default",
    selector: options.Selector = "",
    force: Annotated[bool, typer.Option("--force", help="Do not wait for the lab's engine.")] = False,
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Delete resources; a lab goes when its container is gone."""
    from labdesk.cli import lab_commands
    from labdesk.cli.selection import Selection

    selection = Selection.of(kind_meant(kind), names or (), namespace, selector)
    carry_out(lab_commands.delete(Invocation.of(store, engine), selection, force=force))


@app.command()
def stop(
    names: Names = None,
    namespace: options.Namespace = "default",
    selector: options.Selector = "",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """End labs now; with -l those that have not ended yet."""
    from labdesk.cli import lab_commands

    carry_out(lab_commands.stop(Invocation.of(store, engine), labs(names, namespace, selector)))


@app.command(context_settings={"ignore_unknown_options": True})
def extend(
    names: Annotated[list[str], typer.Argument(metavar="NAME")],
    minutes: Annotated[str, typer.Argument(metavar="MINUTES", help="Minutes to add; negative ones are taken back.")],
    namespace: options.Namespace = "default",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Give labs more minutes."""
    from labdesk.cli import lab_commands

    selection = labs(names, namespace)
    carry_out(lab_commands.extend(Invocation.of(store, engine), selection, whole_number("MINUTES", minutes)))


@app.command()
def rerun(
    names: Annotated[list[str], typer.Argument(metavar="NAME")],
    namespace: options.Namespace = "default",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Run ended labs again, with their workspace and ports."""
    from labdesk.cli import lab_commands

    carry_out(lab_commands.rerun(Invocation.of(store, engine), labs(names, namespace)))


@app.command()
def logs(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the lab's program ends.")] = False,
    tail: Annotated[int, typer.Option("--tail", metavar="LINES", min=1, help="How many lines at most.")] = 200,
    namespace: options.Namespace = "default",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Show a lab's output, also after its end."""
    from labdesk.cli import log_reading
    from labdesk.cli.reading_end import while_read

    (key,) = labs([name], namespace).keys
    carry_out(while_read(log_reading.logs(Invocation.of(store, engine), key, lines=tail, follow=follow)))


@workspaces.callback(invoke_without_command=True)
def list_workspaces(
    context: typer.Context,
    output: Format = "table",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from labdesk.cli import workspaces

    choose("-o", output, "table", "json", "yaml")
    carry_out(workspaces.list_workspaces(Invocation.of(store, engine), output))


@workspaces.command("remove")
def remove_workspaces(
    names: Annotated[list[str], typer.Argument(metavar="NAME")],
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Remove workspaces for good, with all that students made in them."""
    from labdesk.cli import workspaces

    carry_out(workspaces.remove(Invocation.of(store, engine), names))


@app.command()
def events(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every new event.")] = False,
    since: Annotated[str, typer.Option(metavar="10m|2h|TIME", help="Only from then on.", show_default=False)] = "",
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="GLOB", help="Only these, like labinstancerequest.*", show_default=False),
    ] = None,
    severities: Annotated[
        list[str] | None,
        typer.Option("--severity", metavar="info|warning|error", help="Only these.", show_default=False),
    ] = None,
    labs: Annotated[
        list[str] | None, typer.Option("--lab", metavar="NAME", help="Only of these labs.", show_default=False)
    ] = None,
    student: Annotated[
        str,
        typer.Option(metavar="NAME", help="Only of students called so, like ada or 'ada lovel'.", show_default=False),
    ] = "",
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", metavar="NS", help="Only of this namespace.", show_default=False)
    ] = "",
    output: Annotated[str, typer.Option("--output", "-o", metavar="table|json")] = "table",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Show what happened, in order; as JSON one CloudEvent a line.

    What is given more than once may be any of these.
    """
    from labdesk.cli import event_reading
    from labdesk.cli.reading_end import while_read

    choose("-o", output, "table", "json")
    invocation = Invocation.of(store, engine)
    moment = event_reading.parse_since(since, invocation) if since else None
    wanted = event_reading.EventFilter.of(
        moment, types or (), namespace, severities=severities or (), labs=labs or (), student=student
    )
    carry_out(while_read(event_reading.events(invocation, wanted, output, follow=follow)))


@app.command()
def backup(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to; a file that is not there yet.")],
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Write a copy of the store to a file; labs may be running."""
    from labdesk.cli import backups

    backups.back_up(Invocation.of(store, engine), file)


@app.command()
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A backup; it stays as it is.")],
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Put a backup in the store's place; what was there is kept."""
    from labdesk.cli import backups

    backups.restore(Invocation.of(store, engine), file)


@app.command()
def adopt(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Take over containers made before a restore or copy."""
    from labdesk.cli import adopting

    adopting.adopt(Invocation.of(store, engine), yes=yes)


@app.command()
def metrics(
    output: Annotated[str, typer.Option("--output", "-o", metavar="table|json|prometheus")] = "table",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Show what the process that runs the labs counts."""
    from labdesk.cli import metrics_reading

    choose("-o", output, "table", "json", "prometheus")
    carry_out(metrics_reading.metrics(Invocation.of(store, engine), output))


@app.command()
def doctor(
    template: Annotated[
        str, typer.Option("--template", metavar="NAME", help="Check this template too.", show_default=False)
    ] = "",
    namespace: options.Namespace = "default",
    store: options.Store = None,
    engine: options.Engine = None,
) -> None:
    """Check this computer, the store and the engine."""
    from labdesk.cli.doctor import report
    from labdesk.cli.log_file import write_log_to_file

    write_log_to_file()
    report.doctor(Invocation.of(store, engine), template, namespace)


@app.command()
def serve(store: options.Store = None, engine: options.Engine = None) -> None:
    """Run the labs without a window, until SIGTERM."""
    from labdesk.cli import serving

    carry_out(serving.serve(Invocation.of(store, engine)))


def kind_meant(word: str) -> str:
    """Return the kind of stored resources; raise LabDeskError naming what would be right for anything else."""
    from labdesk.labs.kinds import lab_scheme

    if word.lower() in {"workspace", "workspaces"}:
        raise UsageMistakeError("Workspaces are not in the store but on the engine: see `labdesk workspaces --help`.")
    return lab_scheme().find_kind(word)


def labs(names: Sequence[str] | None, namespace: str, selector: str = "") -> Selection:
    """Return the labs meant."""
    from labdesk.cli.selection import Selection
    from labdesk.labs.request import LabInstanceRequest

    return Selection.of(LabInstanceRequest.KIND, names or (), namespace, selector)


def whole_number(name: str, text: str) -> int:
    """Return the number; raise UsageMistakeError naming the argument for anything else."""
    try:
        return int(text)
    except ValueError:
        raise UsageMistakeError(f"{name}: must be a whole number, not '{text[:40]}'.") from None


def choose(option: str, value: str, *allowed: str) -> str:
    """Return the value if it is allowed; raise UsageMistakeError naming the option and what would be right."""
    if value not in allowed:
        raise UsageMistakeError(f"{option}: must be {', '.join(allowed[:-1])} or {allowed[-1]}, not '{value}'.")
    return value
