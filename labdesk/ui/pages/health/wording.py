"""What the Health page calls things. The metrics' own names stand in the tooltips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QLocale

from labdesk.ui.pages.health import source
from labdesk.ui.pages.health.course import Course, Sample, level_course, rate_course
from labdesk.ui.pages.health.snapshot import HealthSnapshot, Trouble, troubles
from labdesk.ui.times import Times


def _tr(text: str) -> str:
    return QCoreApplication.translate("Health", text)


class Unit(StrEnum):
    """COUNT counts up for ever, and its course is how fast; the others go up and down."""

    COUNT = "count"
    LEVEL = "level"
    SHARE = "share"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class MetricLabel:
    """`name` is the metric's own, `tip` says in words what it counts."""

    name: str
    text: str
    tip: str
    unit: Unit = Unit.COUNT


def watcher_labels() -> tuple[MetricLabel, ...]:
    return (
        MetricLabel("watch_loop_iterations", _tr("Passes"), _tr("How often the log of changes was looked at.")),
        MetricLabel("changes_detected", _tr("Changes seen"), _tr("Changes read from the log.")),
        MetricLabel("events_published", _tr("Events published"), _tr("Changes handed on to controller and window.")),
        MetricLabel(
            "cache_hit_ratio",
            _tr("Answered from memory"),
            _tr("Share of resources that needed no decoding."),
            Unit.SHARE,
        ),
        MetricLabel("average_poll_duration", _tr("Average pass"), _tr("Mean time of one pass."), Unit.SECONDS),
    )


def controller_labels() -> tuple[MetricLabel, ...]:
    return (
        MetricLabel(
            "reconciliations_total", _tr("Reconciliations"), _tr("How often a lab was looked at and acted on.")
        ),
        MetricLabel("reconciliations_successful", _tr("Successful"), _tr("Those with nothing left to do.")),
        MetricLabel("reconciliations_requeued", _tr("Looked at again"), _tr("Those that asked to be run once more.")),
        MetricLabel("reconciliations_failed", _tr("Failed"), _tr("Those that ended in an error.")),
        MetricLabel("average_reconciliation_time", _tr("Average time"), _tr("Mean time of one."), Unit.SECONDS),
    )


def scheduler_labels() -> tuple[MetricLabel, ...]:
    return (
        MetricLabel("scheduler_loop_iterations", _tr("Passes"), _tr("How often it looked for what is due.")),
        MetricLabel("resources_processed", _tr("Labs handed over"), _tr("Labs given to the controller as due.")),
        MetricLabel("state_transitions", _tr("Phase changes"), _tr("Labs that went from one phase to another.")),
        MetricLabel("cleanup_operations", _tr("Clean-ups"), _tr("Containers without a lab that were removed.")),
        MetricLabel("average_loop_duration", _tr("Average pass"), _tr("Mean time of one pass."), Unit.SECONDS),
    )


def queue_labels() -> tuple[MetricLabel, ...]:
    return (
        MetricLabel(
            source.READY, _tr("Ready to be looked at"), _tr("Labs the controller will look at next."), Unit.LEVEL
        ),
        MetricLabel(source.IN_FLIGHT, _tr("Being worked on"), _tr("Labs the controller is busy with."), Unit.LEVEL),
        MetricLabel(
            source.DELAYED,
            _tr("Waiting for their time"),
            _tr("Labs to be looked at later, at a known time."),
            Unit.LEVEL,
        ),
    )


def metric_text(values: Mapping[str, float], label: MetricLabel, locale: QLocale) -> str:
    """Return a metric for people; a dash where there is none."""
    value = values.get(label.name)
    return "—" if value is None else unit_text(value, label.unit, locale)


def unit_text(value: float, unit: Unit, locale: QLocale) -> str:
    """Return a value as its unit is written: `1,204`, `97.4 %`, `12 ms`; small counts that are rates with a digit."""
    match unit:
        case Unit.SHARE:
            return f"{locale.toString(value * 100, 'f', 1)} %"
        case Unit.SECONDS:
            return duration_text(value, locale)
        case Unit.COUNT | Unit.LEVEL:
            digits = 0 if value == round(value) or value >= 10 else 1
            return locale.toString(float(value), "f", digits)


def course_of(samples: Sequence[Sample], label: MetricLabel) -> Course:
    """Return what is drawn of a metric."""
    return (rate_course if label.unit is Unit.COUNT else level_course)(samples, label.name)


def course_text(course: Course, label: MetricLabel, locale: QLocale) -> str:
    """Return a course in words: what it is now, its lowest and its highest."""
    known = course.known
    if not known:
        return _tr("Its course appears here within half a minute.")
    now, lowest, highest = (unit_text(value, label.unit, locale) for value in (known[-1], min(known), max(known)))
    text = _tr("Now {now} · lowest {lowest} · highest {highest}")
    if label.unit is Unit.COUNT:
        text = _tr("Now {now} a minute · lowest {lowest} · highest {highest}")
    return text.format(now=now, lowest=lowest, highest=highest)


def duration_text(seconds: float, locale: QLocale) -> str:
    """Return `0 ms`, `0.4 ms`, `12 ms`, `1.25 s`."""
    milliseconds = seconds * 1_000
    if not seconds:
        return _tr("{n} ms").format(n=0)
    if milliseconds < 10:
        return _tr("{n} ms").format(n=locale.toString(milliseconds, "f", 2 if milliseconds < 1 else 1))
    if milliseconds < 1_000:
        return _tr("{n} ms").format(n=locale.toString(round(milliseconds)))
    return _tr("{n} s").format(n=locale.toString(seconds, "f", 2))


def loop_text(name: str) -> str:
    """Return what a loop is called."""
    words = {
        source.WATCHER: _tr("Watcher"),
        source.SCHEDULER: _tr("Scheduler"),
        source.CONTROLLER: _tr("Controller"),
    }
    return words.get(name, name)


def age_text(seconds: float, times: Times) -> str:
    """Return `just now` below two seconds, else `12 s ago`."""
    return _tr("just now") if seconds < 2 else _tr("{span} ago").format(span=times.span(seconds))


def verdict_text(snapshot: HealthSnapshot, times: Times) -> str:
    """Return in one line whether all is well, and whose numbers these are."""
    words = {
        Trouble.STORE: _tr("the store is damaged"),
        Trouble.NOT_KEPT: _tr("what happens is not kept"),
        Trouble.CLOCK: _tr("the computer's clock was set back"),
        Trouble.ENGINE: _tr("the engine does not answer"),
        Trouble.LOOP_LATE: _tr("a loop is late"),
    }
    found = troubles(snapshot)
    text = _tr("Needs attention: {what}.").format(what=", ".join(words[trouble] for trouble in found))
    text = text if found else _tr("Everything works.")
    if snapshot.metrics_at is None:
        return text
    age = age_text((snapshot.taken_at - snapshot.metrics_at).total_seconds(), times)
    counted_by = _tr("Counted by the process that acts, {age}.").format(age=age)
    return f"{text} {counted_by}"
