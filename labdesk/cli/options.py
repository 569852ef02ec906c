"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Store = Annotated[
    str | None,
    typer.Option("--store", metavar="PATH", help="The store to use. Environment: LABDESK_STORE.", show_default=False),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="docker|simulated",
        help="Where containers run. Environment: LABDESK_ENGINE (and DOCKER_HOST).",
        show_default=False,
    ),
]
Namespace = Annotated[str, typer.Option("--namespace", "-n", metavar="NS", help="The namespace of the resources.")]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Resources of every namespace.")]
Selector = Annotated[
    str,
    typer.Option(
        "--selector", "-l", metavar="SELECTOR", help="Only labels like app=web,tier in (a, b).", show_default=False
    ),
]
