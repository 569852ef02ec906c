"""Images are compact JSON of a schema; older ones are lifted when they are read, and the log is never rewritten."""

from __future__ import annotations

from labdesk.resource.scheme import Scheme
from labdesk.store.driver import connect_writer
from tests.store.kinds import Gadget, Widget, opened, widget


def lift(data):
    data.setdefault("spec", {})["color"] = data["spec"].pop("paint")
    return data


SCHEME = Scheme([Widget, Gadget], {("Widget", 0): lift})


def test_images_of_an_older_schema_are_lifted_everywhere_they_are_read(run, store_path):
    async def story():
        async with opened(store_path) as store:
            made = await store.create_async(widget(color="blue"))
        connection = connect_writer(store_path)
        for table in ("resource", "change"):
            connection.execute(f"UPDATE {table} SET image_schema = 0, body = replace(body, '\"color\"', '\"paint\"')")
        connection.close()
        async with opened(store_path, acting=True, scheme=SCHEME) as store:
            assert await store.get_async("Widget", "default", "a") == made
            assert (await store.list_async()).images[0].decode() == made
            painted = await store.update_async(made, made.with_spec(color="green"))
            first, second = await store.changes_after_async(0)
            assert (first.image.schema, first.image.decode()) == (0, made)
            assert (second.image.schema, second.image.decode(), second.old_image.decode()) == (1, painted, made)
            assert '"paint"' in first.image.body
            await store.compact_async(store._access.now().replace(year=2030))
            await store.update_async(painted, painted.with_spec(color="red"))
            (third,) = await store.changes_after_async(2)
            assert third.old_image.decode() == painted

    run(story())


def test_what_repeats_in_a_listing_is_held_once(run, store_path):
    async def story():
        async with opened(store_path) as store:
            for name in ("a", "b"):
                await store.create_async(widget(name))
            first, second = (await store.list_async()).images
            assert first.kind is second.kind
            assert first.namespace is second.namespace
            assert isinstance(first.body, str)

    run(story())
