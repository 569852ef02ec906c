from labdesk.engines.service import ContainerState, ContainerStatus
from labdesk.labs.orphans import judge_orphans
from labdesk.labs.phases import LabPhase
from tests.labs.samples import lab


def container(uid: str, incarnation: int = 1, desk: str = "desk", lineage: str = "line") -> ContainerStatus:
    labels = {
        "labdesk.desk": desk,
        "labdesk.lineage": lineage,
        "labdesk.lab-uid": uid,
        "labdesk.incarnation": str(incarnation),
    }
    return ContainerStatus(ContainerState.RUNNING, f"c-{uid}-{incarnation}", labels=labels)


def test_a_container_is_an_orphan_only_when_called_so_twice() -> None:
    stray = container("gone")
    first = judge_orphans([stray], [], frozenset(), "desk", {"line"})
    assert (first.suspects, first.orphans) == ({"c-gone-1"}, ())
    second = judge_orphans([stray], [], first.suspects, "desk", {"line"})
    assert second.orphans == (stray,)


def test_only_the_present_incarnation_of_a_living_lab_is_wanted() -> None:
    living = lab("a").with_status(incarnation=2, cleaned_up=False)
    verdict = judge_orphans([container("uid-a", 1), container("uid-a", 2)], [living], (), "desk", {"line"})
    assert verdict.suspects == {"c-uid-a-1"}


def test_an_ended_lab_wants_its_container_until_it_is_cleaned_up() -> None:
    """The controller keeps its log first, then removes it."""
    ended = lab("a").with_status(phase=LabPhase.COMPLETED, cleaned_up=False)
    assert judge_orphans([container("uid-a")], [ended], (), "desk", {"line"}).suspects == frozenset()
    cleaned = ended.with_status(cleaned_up=True)
    assert judge_orphans([container("uid-a")], [cleaned], (), "desk", {"line"}).suspects == {"c-uid-a-1"}


def test_other_desks_and_lineages_are_never_judged() -> None:
    foreign = [
        container("x", desk="other"),
        container("x", lineage="restored"),
        ContainerStatus(ContainerState.RUNNING, "z"),
    ]
    assert judge_orphans(foreign, [], (), "desk", {"line", "confirmed"}).suspects == frozenset()
