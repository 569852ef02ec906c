"""The shape shared by every pydantic model of a manifest: camelCase outside, frozen, no unknown fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pydantic.types  # noqa: F401  (loaded before PySide6 and sqlmodel: their import order breaks otherwise)
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from labdesk.resource.errors import InvalidResourceError


def to_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; `moment` must be aware."""
    return moment.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(to_utc)]


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


def _problem(detail: ErrorDetails) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail.get("input")
    match kind:
        case "extra_forbidden":
            return "there is no such field; check its spelling or remove it"
        case "missing":
            return "is required; add it"
        case "value_error":
            return str(context.get("error", detail["msg"]))
        case "timezone_aware":
            return f"'{value}' has no time zone; write it like 2026-11-23T10:00:00+01:00 or with a Z for UTC"
        case "literal_error" | "enum":
            return f"must be {context.get('expected', '')}, not {_shown(value)}"
        case "string_type":
            return f"must be text, not {_shown(value)}; put it in quotes"
        case "greater_than_equal":
            return f"must be at least {context.get('ge')}, not {_shown(value)}"
        case "less_than_equal":
            return f"must be at most {context.get('le')}, not {_shown(value)}"
        case "string_too_short":
            return "must not be empty"
        case _ if kind.startswith("datetime"):
            return f"{_shown(value)} is no time; write it like 2026-11-23T10:00:00+01:00"
        case _ if kind.startswith("int"):
            return f"must be a whole number, not {_shown(value)}"
        case _:
            message = detail["msg"]
            return message[:1].lower() + message[1:]


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
