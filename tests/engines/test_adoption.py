"""Whose a container is that already has the name a lab needs."""

from __future__ import annotations

import pytest

from labdesk.engines.adoption import Adoption, decide_adoption
from tests.engines.samples import identity_of, spec_of

IDENTITY = identity_of(spec_of())


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("labdesk.desk", Adoption.FOREIGN),
        ("labdesk.lab-uid", Adoption.FOREIGN),
        ("labdesk.incarnation", Adoption.FOREIGN),
        ("labdesk.lineage", Adoption.MADE_BEFORE),
        ("labdesk.spec-hash", Adoption.REPLACE),
    ],
)
def test_only_the_very_same_is_adopted(label: str, verdict: Adoption) -> None:
    assert decide_adoption(IDENTITY, IDENTITY.labels) is Adoption.ADOPT
    assert decide_adoption(IDENTITY, {**IDENTITY.labels, label: "other"}) is verdict
    missing = {name: value for name, value in IDENTITY.labels.items() if name != label}
    assert decide_adoption(IDENTITY, missing) is verdict
