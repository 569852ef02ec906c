from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.resource.quantity import format_bytes, parse_bytes, parse_cpu, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [("500m", "0.5"), ("2", "2"), ("1.5", "1.5"), (".5", "0.5"), ("512Mi", str(512 * 2**20)), ("1e3", "1000"), ("2E", "2e18"), ("100u", "0.0001")],  # noqa: E501
)  # fmt: skip
def test_quantities_have_kubernetes_values(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1 Gi", "Gi", "1gi", "0x10", "1e", "--1", "1.2.3", "１"])  # noqa: RUF001
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 500m"):
        parse_quantity(text)


@given(st.integers(min_value=0, max_value=2**50))
def test_whole_numbers_are_themselves(number: int) -> None:
    assert parse_bytes(str(number)) == number
    assert parse_cpu(f"{number}m") == Decimal(number) / 1000


def test_bytes_are_rounded_up_as_in_kubernetes() -> None:
    assert parse_bytes("1.1") == 2


def test_bytes_are_shown_in_binary_units() -> None:
    assert [format_bytes(n) for n in (512 * 2**20, 3 * 2**29, 10)] == ["512 MiB", "1.5 GiB", "10 B"]
