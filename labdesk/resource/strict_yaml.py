"""YAML as manifests may use it: plain data only. Apart from `manifest`, because the library loads slowly."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import shortened


class StrictLoader(yaml.SafeLoader):
    """Plain data only: no language tags, no repeated keys, no aliases (they can be made to grow without bound)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "aliases are not allowed; write the value out", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError:  # it has the form of a number or time, but 30 February is none
            raise yaml.constructor.ConstructorError(
                None, None, f"'{shortened(str(node.value))}' is no number and no time; mend it or put it in quotes",
                node.start_mark,
            ) from None  # fmt: skip

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                written = f" '{shortened(key_node.value)}'" if isinstance(key_node, yaml.ScalarNode) else ""
                raise yaml.constructor.ConstructorError(
                    None, None, f"the name{written} before a colon must be text; put it in quotes", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines, as a script is, line by line."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_str)


def dump_documents(documents: list[dict[str, Any]]) -> str:
    """Return the documents as one YAML stream, keys in the given order."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def load_documents(text: str) -> list[Any]:
    """Return the documents, empty ones left out; raise InvalidResourceError with line and remedy."""
    try:
        return [document for document in yaml.load_all(text, StrictLoader) if document is not None]
    except yaml.constructor.ConstructorError as error:
        raise InvalidResourceError("", f"{_where(error)}{_plain(error.problem)}") from None
    except yaml.MarkedYAMLError as error:
        problem = error.problem or "it cannot be read"
        raise InvalidResourceError(
            "", f"{_where(error)}this is not valid YAML: {problem}; check indentation and quotes"
        ) from None
    except RecursionError:
        raise InvalidResourceError("", "this is nested too deeply; write it flatter") from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidResourceError("", f"this is not valid YAML: {str(error).splitlines()[0]}") from None


def _where(error: yaml.MarkedYAMLError) -> str:
    return f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""


def _plain(problem: str | None) -> str:
    if problem and "could not determine a constructor" in problem:
        tag = problem.rpartition(" ")[2].strip("'")
        return f"the tag {tag} is not allowed; write plain values without tags"
    return problem or "it cannot be read"
