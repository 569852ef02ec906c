from datetime import UTC, datetime

from labdesk.resource.resource import Resource, ResourceMetadata, Spec, Status


class Room(Resource):
    KIND = "Room"
    PLURAL = "rooms"
    kind: str = "Room"
    spec: Spec = Spec()
    status: Status = Status()


def test_what_happens_to_a_resource_is_told_by_what_it_is() -> None:
    made = Room(metadata=ResourceMetadata(name="b12"))
    doomed = made.with_metadata(deletion_timestamp=datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert made.describe_change(None).message == "Room b12 was created."
    assert made.with_metadata(labels={"floor": "1"}).describe_change(made).message == "Room b12 was changed."
    asked = doomed.describe_change(made)
    assert (asked.reason, asked.message) == ("DeletionRequested", "The deletion of Room b12 was asked for.")
    assert doomed.with_metadata(finalizers=()).describe_change(doomed).reason == "Changed"
