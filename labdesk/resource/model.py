"""The shape shared by every pydantic model of a manifest: camelCase outside, frozen, no unknown fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

import pydantic.types  # noqa: F401  (loaded before PySide6 and sqlmodel: their import order breaks otherwise)
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from labdesk.resource.errors import InvalidResourceError


def to_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; `moment` must be aware. Raises ValueError where a calendar has no such time."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is a time no calendar has; write it like 2026-11-23T10:00:00+01:00") from None


def check_text(text: str) -> str:
    """Return `text` if every program can take it; raise ValueError for NUL and for halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        whole = False
    else:
        whole = "\0" not in text
    if not whole:
        raise ValueError("holds something that is no character (NUL, or half of one); remove it")
    return text


def check_no_truth(value: object) -> object:
    """Refuse true and false where a number is meant: Python would take them for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError(f"must be a whole number, not {shown(value)}")
    return value


UtcDatetime = Annotated[AwareDatetime, AfterValidator(to_utc)]
Text = Annotated[str, AfterValidator(check_text)]
WholeNumber = Annotated[int, BeforeValidator(check_no_truth)]


class Model(BaseModel):
    """A frozen part of a resource; changes are made with `model_copy(update=...)`."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        ser_json_inf_nan="constants",
    )

    def to_manifest(self) -> dict[str, Any]:
        """Return plain camelCase data (JSON types only) without fields that are null."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def first_problem(error: ValidationError) -> InvalidResourceError:
    """Return pydantic's first complaint as one sentence that names the field and what would be right."""
    detail = error.errors(include_url=False)[0]
    field = _path(detail["loc"])
    return InvalidResourceError(field, _problem(detail))


def all_problems(error: ValidationError) -> dict[str, str]:
    """Return {camelCase field path: problem} for forms that show each message beside its field."""
    return {_path(detail["loc"]): _problem(detail) for detail in error.errors(include_url=False)}


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith(("function-", "constrained-", "lax-or-strict")):
            name = to_camel(part) if "_" in part and part.islower() else part
            path += f".{name}" if path else name
    return path


_LIST = "must be a list like [a, b], not {shown}"
_MAPPING = "must have fields of its own, like {{name: value}}, not {shown}"
_PROBLEMS: Mapping[str, str] = {
    "extra_forbidden": "there is no such field; check its spelling or remove it",
    "missing": "is required; add it",
    "timezone_aware": "'{plain}' has no time zone; write it like 2026-11-23T10:00:00+01:00 or with a Z for UTC",
    "literal_error": "must be {expected}, not {shown}",
    "enum": "must be {expected}, not {shown}",
    "string_type": "must be text, not {shown}",
    "string_unicode": "holds something that is no character; remove it",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge:g}, not {shown}",
    "less_than_equal": "must be at most {le:g}, not {shown}",
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "finite_number": "must be a whole number, not {shown}",
    "datetime": "{shown} is no time; write it like 2026-11-23T10:00:00+01:00",
    "int": "must be a whole number, not {shown}",
    "float": "must be a number, not {shown}",
    "bool": "must be true or false, not {shown}",
}
"""By pydantic's type of error, else by the first word of it."""


def _problem(detail: ErrorDetails) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail.get("input")
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    pattern = _PROBLEMS.get(kind) or _PROBLEMS.get(kind.partition("_")[0])
    if pattern is None:
        return detail["msg"][:1].lower() + detail["msg"][1:]
    quotable = kind == "string_type" and isinstance(value, int | float | date)
    return pattern.format(shown=shown(value), plain=value, **context) + ("; put it in quotes" if quotable else "")


def shown(value: object) -> str:
    """Return a value as a manifest has it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortened(repr(value) if isinstance(value, str) else str(value))


def shortened(text: str) -> str:
    """Return at most 60 characters of it."""
    return text if len(text) <= 60 else text[:57] + "…"
