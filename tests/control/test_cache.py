"""The cache: images by key and uid, few of them decoded."""

from __future__ import annotations

from labdesk.control.cache import ResourceCache
from labdesk.control.metrics import WatcherMetrics
from tests.control.kinds import Thing, image, key, thing


def cache_of(*names: str, limit: int = 10) -> tuple[ResourceCache[Thing], WatcherMetrics]:
    metrics = WatcherMetrics()
    cache: ResourceCache[Thing] = ResourceCache(metrics, limit)
    for revision, name in enumerate(names, start=1):
        cache.put(image(thing(name), revision))
    return cache, metrics


def test_a_resource_is_found_by_key_and_by_uid() -> None:
    cache, _ = cache_of("a", "b")
    by_key = cache.get(key("b"))
    assert by_key is not None
    assert by_key.metadata.resource_version == 2
    assert cache.get_uid("uid-b") is by_key
    assert cache.get(key("c")) is None
    assert cache.get_uid("uid-c") is None
    assert len(cache) == 2
    assert set(cache.keys()) == {key("a"), key("b")}
    assert key("a") in cache


def test_the_second_look_finds_it_decoded() -> None:
    cache, metrics = cache_of("a")
    assert cache.get(key()) is cache.get(key())
    assert (metrics.cache_hits, metrics.cache_misses) == (1, 1)


def test_a_new_image_replaces_what_was_decoded() -> None:
    cache, _ = cache_of("a")
    cache.get(key())
    old = cache.put(image(thing(size=7), 5))
    assert old is not None
    assert old.revision == 1
    renewed = cache.get(key())
    assert renewed is not None
    assert (renewed.spec.size, renewed.metadata.resource_version) == (7, 5)


def test_only_the_latest_used_stay_decoded() -> None:
    cache, metrics = cache_of("a", "b", "c", limit=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        cache.get(key(name))
    assert metrics.cache_hits == 2, "a twice; b was pushed out by c"
    assert metrics.cache_misses == 4


def test_a_removed_resource_is_gone_by_either_name() -> None:
    cache, _ = cache_of("a")
    cache.get(key())
    removed = cache.remove(key())
    assert removed is not None
    assert removed.name == "a"
    assert cache.get(key()) is None
    assert cache.get_uid("uid-a") is None
    assert cache.remove(key()) is None


def test_a_successor_of_the_same_name_takes_the_place_of_the_former_uid() -> None:
    cache, _ = cache_of("a")
    cache.put(image(thing(), 9, uid="second"))
    assert cache.get_uid("uid-a") is None
    assert cache.get_uid("second") is not None


def test_decoding_an_image_of_the_past_leaves_the_present_alone() -> None:
    cache, _ = cache_of("a")
    past = cache.image(key())
    assert past is not None
    cache.put(image(thing(size=2), 2))
    assert cache.decode(past).spec.size == 0
    present = cache.get(key())
    assert present is not None
    assert present.spec.size == 2


def test_what_was_committed_here_is_not_decoded_again() -> None:
    cache, metrics = cache_of("a")
    committed = thing(size=4).with_metadata(uid="uid-a", resource_version=6)
    cache.put(image(thing(size=4), 6), committed)
    assert cache.get(key()) is committed
    assert (metrics.cache_hits, metrics.cache_misses) == (1, 0)
