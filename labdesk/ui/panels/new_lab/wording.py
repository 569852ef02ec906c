"""The words of the New lab panel: problems, hints, the summary and what the button will do."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QLocale

from labdesk.engines.spec import PullPolicy
from labdesk.labs.outlook import Outlook
from labdesk.labs.request import MAX_MINUTES
from labdesk.resource.quantity import format_bytes
from labdesk.ui.panels.image_book import ImageState, Presence
from labdesk.ui.panels.new_lab.draft import DraftCheck, LabDraft, Problem, ProblemKind
from labdesk.ui.panels.new_lab.forecast import Forecast
from labdesk.ui.panels.new_lab.local_time import WallClock, resolve_wall_clock, zone_text
from labdesk.ui.panels.new_lab.when_words import QuickTimes, WhenWords
from labdesk.ui.sentences import as_sentence
from labdesk.ui.times import Times
from labdesk.ui.words import counted


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewLab", text)


def problem_text(problem: Problem) -> str:
    """Return what is wrong and what would be right, in one or two sentences."""
    match problem.kind:
        case ProblemKind.NO_TEMPLATE:
            return _tr("Choose a template.")
        case ProblemKind.TEMPLATE_GONE:
            return _tr("The template {name} does not exist any more. Choose another one.").format(name=problem.text)
        case ProblemKind.NO_STUDENT:
            return _tr("Name at least one student.")
        case ProblemKind.NO_ADDRESS | ProblemKind.SEVERAL_ADDRESSES | ProblemKind.BAD_NAME:
            return _line(problem)
        case ProblemKind.UNREAD_START:
            return _tr("This is no time. Write 9:00, tomorrow 9:00 or mon 14:00.")
        case ProblemKind.PAST:
            return _tr("The whole lab would lie in the past. Choose a later time.")
        case ProblemKind.SKIPPED_HOUR:
            return _tr("The clocks go forward that night and skip this time. Choose one an hour later.")
        case ProblemKind.NO_DURATION | ProblemKind.BAD_DURATION:
            return _tr("A lab lasts 1 to {most} minutes.").format(most=MAX_MINUTES)
        case ProblemKind.REFUSED:
            return problem.text


def _line(problem: Problem) -> str:
    sentence = _tr("Line {line}: “{text}” has no valid e-mail address. Write ada@example.edu.")
    if problem.kind is ProblemKind.SEVERAL_ADDRESSES:
        sentence = _tr("Line {line}: “{text}” has several addresses. Write each student on a line.")
    elif problem.kind is ProblemKind.BAD_NAME:
        sentence = _tr("Line {line}: “{text}” has a name no lab takes. Write it as people say it.")
    text = sentence.format(line=problem.lines[0], text=_short(problem.text))
    if more := len(problem.lines) - 1:
        text += " " + counted(more, _tr("{n} more line cannot be read."), _tr("{n} more lines cannot be read."))
    return text


def students_hint(check: DraftCheck) -> str:
    """Return how many students were read, and how many were repeats."""
    count = len(check.students)
    if not count:
        return _tr("One a line: name and e-mail, or only the e-mail.")
    text = counted(count, _tr("{n} student"), _tr("{n} students"))
    if check.repeated:
        again = counted(check.repeated, _tr("{n} named twice gets one lab"), _tr("{n} named twice get one lab each"))
        text = f"{text} · {again}"
    return text


def when_words(times: Times) -> WhenWords:
    """Return the words for times, in English and in the instructor's language."""
    now, today, tomorrow = _tr("now").casefold(), _tr("today").casefold(), _tr("tomorrow").casefold()
    weekdays: dict[str, int] = {}
    months: dict[str, int] = {}
    long, short = QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat
    for locale in (QLocale(QLocale.Language.English), times.locale):
        for form in (long, short):
            weekdays |= {_bare(locale.dayName(day, form)): day - 1 for day in range(1, 8)}
            months |= {_bare(locale.monthName(month, form)): month for month in range(1, 13)}
    days = {"today": 0, "tomorrow": 1, today: 0, tomorrow: 1}
    return WhenWords(frozenset({"now", now}), days, weekdays, months)


def _bare(name: str) -> str:
    return name.casefold().rstrip(".")


def quick_start_texts(quick: QuickTimes, times: Times) -> list[str]:
    """Return the words for now and the quick times, each with when that is."""

    def day(clock: datetime) -> str:
        return times.day(resolve_wall_clock(clock, times.zone).utc)

    return [
        _tr("Now"),
        _tr("In 15 minutes ({when})").format(when=f"{quick.soon:%H:%M}"),
        _tr("At the full hour ({when})").format(when=f"{quick.full_hour:%H:%M}"),
        _tr("Tomorrow at 9:00 ({when})").format(when=day(quick.tomorrow)),
        _tr("On Monday at 9:00 ({when})").format(when=day(quick.next_week)),
    ]


def start_examples() -> str:
    """Return what can be typed for a start."""
    return _tr("For example 9:00, tomorrow 9:00, mon 14:00, in 15 min.")


def start_hint(draft: LabDraft, written_out: bool, times: Times, now: datetime) -> str:
    """Return how far away the start is, in which zone; first the start itself unless the field says it in full."""
    start = draft.start
    if draft.unread_start is not None:
        return start_examples()
    if start is None:
        return _tr("The labs start at once.")
    zone = zone_text(times.zone, start.utc)
    if start.clock is WallClock.TWICE:
        return _tr("This time comes twice that night; the first is meant ({zone}).").format(zone=zone)
    if start.utc <= now:
        return _tr("That was {ago}; the labs start at once ({zone}).").format(
            ago=times.relative(start.utc, now), zone=zone
        )
    ahead = f"{times.until(start.utc, now)} · {zone}"
    return ahead if written_out else f"{times.date_and_clock(start.utc)} · {ahead}"


def summary_text(draft: LabDraft, check: DraftCheck, title: str, times: Times, now: datetime) -> str:
    """Return what will be made: `12 labs of python-intro, Tue 14:00 …`; nothing while the draft is not ready."""
    if not check.is_ready or draft.minutes is None:
        return ""
    start = now if draft.start is None else max(draft.start.utc, now)
    end = start + timedelta(minutes=draft.minutes)
    begins = _tr("now") if start == now else times.moment(start, now)
    text = _tr("{n} lab of {template}") if len(check.students) == 1 else _tr("{n} labs of {template}")
    when = _tr("{start} – {end}").format(start=begins, end=times.clock(end))  # noqa: RUF001
    return f"{text.format(n=len(check.students), template=title)}, {when}"


def names_text(forecast: Forecast) -> str:
    """Return the names of the labs that will be made."""
    return ", ".join(forecast.names)


def image_text(state: ImageState, policy: PullPolicy) -> tuple[str, str]:
    """Return what the state of the template's image means for labs of it, with the tone it is said in."""
    match state.presence:
        case Presence.MISSING if policy == PullPolicy.NEVER:
            return _tr("The engine does not have the image, and the template says never to pull it."), "failed"
        case Presence.MISSING:
            return _tr("The engine does not have the image yet: it is pulled first."), "provisioning"
        case Presence.PULLING if state.percent is not None:
            return _tr("The image is being pulled ({percent} %).").format(percent=state.percent), "provisioning"
        case Presence.PULLING:
            return _tr("The image is being pulled."), "provisioning"
        case Presence.REFUSED:
            return _tr("The last pull of the image failed: {why}").format(why=as_sentence(state.message)), "failed"
        case Presence.PRESENT | Presence.UNKNOWN:
            return "", "text_muted"


def doubled_text(forecast: Forecast) -> tuple[str, str]:
    """Return who has another lab of the template at that time, with the tone it is said in."""
    count = len(forecast.doubled)
    if not count:
        return "", "text_muted"
    one, many = _tr("{student} has such a lab then."), _tr("{n} have such a lab then.")
    if forecast.same_work:
        one = _tr("{student} has such a lab then, on the same workspace.")
        many = _tr("{n} have such a lab then, on the same workspace.")
    text = (one if count == 1 else many).format(student=forecast.doubled[0], n=count)
    return text, "provisioning"


def outlook_text(forecast: Forecast, times: Times, now: datetime) -> tuple[str, str]:
    """Return whether there is room, and when there is if not now, with the tone it is said in."""
    outlook, count = forecast.outlook, forecast.count
    if forecast.away:
        return _tr("The engine does not answer now. Labs that are due start when it does."), "provisioning"
    if outlook is None:
        return "", "text_muted"
    if outlook.on_time == count:
        return counted(count, _tr("There is room for it."), _tr("There is room for all {n}.")), "running"
    if outlook.too_big:
        text = _tr("A lab needs {need} of memory; the engine offers {total} in all, so it cannot start.")
        return text.format(need=format_bytes(forecast.need.memory), total=format_bytes(forecast.total_memory)), "failed"
    if outlook.missed:
        return _missed_text(outlook, count), "failed"
    text = _tr("The engine is full then. It should start at {when}, when labs before it end.")
    if count > 1 and not outlook.on_time:
        text = _tr("The engine is full then. The last of {count} should start at {when}, when labs before it end.")
    elif count > 1:
        text = _tr("There is room for {n} of {count}. The last should start at {when}, when labs before it end.")
    when = "" if outlook.last is None else times.moment(outlook.last, now)
    return text.format(n=outlook.on_time, count=count, when=when), "provisioning"


def _missed_text(outlook: Outlook, count: int) -> str:
    if count == 1:
        return _tr("The engine is full until its time is over, so it would not start. Choose a later start.")
    if outlook.missed == count:
        return _tr("The engine is full until their time is over, so none would start. Choose a later start.")
    text = _tr("There is room for {n} of {count}; the others find none before their time is over. Start them later.")
    return text.format(n=count - outlook.missed, count=count)


def button_text(draft: LabDraft, check: DraftCheck, times: Times, now: datetime) -> str:
    """Return what the button will do."""
    count = len(check.students)
    if not check.is_ready:
        return _tr("Create labs")
    if draft.start is None or draft.start.utc <= now:
        return counted(count, _tr("Create {n} lab now"), _tr("Create {n} labs now"))
    text = _tr("Create {n} lab for {start}") if count == 1 else _tr("Create {n} labs for {start}")
    return text.format(n=count, start=times.moment(draft.start.utc, now))


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
