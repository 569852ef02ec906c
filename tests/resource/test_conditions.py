from datetime import UTC, datetime, timedelta

from labdesk.resource.conditions import ConditionStatus, find_condition, with_condition

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def test_setting_the_same_again_changes_nothing() -> None:
    once = with_condition((), "Ready", ConditionStatus.FALSE, "Wait", "waits", NOW)
    assert with_condition(once, "Ready", ConditionStatus.FALSE, "Wait", "waits", LATER) is once


def test_a_new_message_keeps_the_time_of_the_transition() -> None:
    once = with_condition((), "Ready", ConditionStatus.FALSE, "Wait", "waits", NOW)
    again = with_condition(once, "Ready", ConditionStatus.FALSE, "Wait", "still waits", LATER)
    condition = find_condition(again, "Ready")
    assert condition is not None
    assert (condition.message, condition.last_transition) == ("still waits", NOW)


def test_a_new_status_moves_the_time_and_leaves_the_others() -> None:
    both = with_condition((), "Other", ConditionStatus.TRUE, "Yes", "", NOW)
    both = with_condition(both, "Ready", ConditionStatus.FALSE, "Wait", "waits", NOW)
    after = with_condition(both, "Ready", ConditionStatus.TRUE, "Done", "is", LATER)
    assert [condition.type for condition in after] == ["Other", "Ready"]
    assert [condition.last_transition for condition in after] == [NOW, LATER]
