"""Watching a part of a kind: entering is CREATED, leaving is DELETED with the last matching state."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labdesk.control.cache import ResourceCache
from labdesk.control.changes import CachedChangeEvent, Selection
from labdesk.control.metrics import WatcherMetrics
from labdesk.resource.events import ResourceChangeType, ResourceImage
from labdesk.resource.selectors import LabelSelector
from tests.control.kinds import Thing, image, thing

WEB = Selection("default", LabelSelector.parse("app=web"))
CREATED, UPDATED, DELETED = ResourceChangeType.CREATED, ResourceChangeType.UPDATED, ResourceChangeType.DELETED


def state(app: str, revision: int, namespace: str = "default") -> ResourceImage:
    return image(thing("a", namespace, labels={"app": app}), revision)


def change(
    type_: ResourceChangeType, new: ResourceImage, old: ResourceImage | None, revision: int | None = None
) -> CachedChangeEvent[Thing]:
    cache: ResourceCache[Thing] = ResourceCache(WatcherMetrics())
    if type_ is not DELETED:
        cache.put(new)
    return CachedChangeEvent(type_, new, old, revision or new.revision, cache)


def test_entering_is_created_without_a_past() -> None:
    seen = WEB.narrow(change(UPDATED, state("web", 2), state("db", 1)))
    assert seen is not None
    assert seen.change_type is CREATED
    assert seen.old_resource is None
    assert (seen.revision, seen.resource.metadata.labels["app"]) == (2, "web")


def test_leaving_is_deleted_with_the_last_matching_state() -> None:
    seen = WEB.narrow(change(UPDATED, state("db", 2), state("web", 1)))
    assert seen is not None
    assert seen.change_type is DELETED
    assert seen.resource.metadata.labels["app"] == "web"
    assert (seen.revision, seen.resource.metadata.resource_version) == (2, 1)


def test_what_stays_inside_is_passed_on_and_what_stays_outside_is_not() -> None:
    inside = change(UPDATED, state("web", 2), state("web", 1))
    assert WEB.narrow(inside) is inside
    assert WEB.narrow(change(UPDATED, state("db", 2), state("db", 1))) is None
    assert WEB.narrow(change(CREATED, state("db", 1), None)) is None


def test_another_namespace_is_another_world() -> None:
    assert WEB.narrow(change(CREATED, state("web", 1, "other"), None)) is None
    assert Selection("other").narrow(change(CREATED, state("web", 1, "other"), None)) is not None


def test_without_a_selector_nothing_is_decoded() -> None:
    unreadable = state("web", 1)
    unreadable.body = "not JSON"
    event = change(CREATED, unreadable, None)
    assert Selection().narrow(event) is event
    assert Selection("default").narrow(event) is event


@given(st.lists(st.sampled_from(["web", "db", None]), max_size=20))
def test_what_one_sees_of_a_part_always_adds_up_to_the_part(labels: list[str | None]) -> None:
    """Replaying what is seen gives the matching state at every moment, each event fitting the one before."""
    seen_state: str | None = None
    old: ResourceImage | None = None
    for revision, app in enumerate(labels, start=1):
        if app is None and old is None:
            continue
        if app is None:
            event = change(DELETED, old, old, revision)  # type: ignore[arg-type]
            old = None
        else:
            new = state(app, revision)
            event = change(CREATED if old is None else UPDATED, new, old)
            old = new
        narrowed = WEB.narrow(event)
        if narrowed is not None:
            if narrowed.change_type is CREATED:
                assert seen_state is None
            else:
                assert seen_state == "web"
            assert narrowed.resource.metadata.labels["app"] == "web"
            seen_state = None if narrowed.change_type is DELETED else "web"
        assert seen_state == ("web" if app == "web" else None)
