"""What is written to somebody who has something to do: at most one message a day, and none where nothing is new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from html import escape
from typing import Final

from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import EmployeeId, MailId, SectionId
from appraise.domain.periods import in_words
from appraise.domain.tasks import NamedTask, Task, TaskKind

SHOWN: Final = 20
"""So many things are named; of more, how many there are."""
RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
"""After the last of them a message that the server did not take is given up: the next day brings another."""

WORDS: Final = {
    TaskKind.RATE: "Rate {name} and hand the section in",
    TaskKind.ASSESS_SELF: "Assess your own work, if you want to",
    TaskKind.GIVE_PART: "Say how {name} worked in your time",
    TaskKind.SUBMIT_IN_PLACE: "Hand in the section of {name}, whose manager is on leave",
    TaskKind.APPROVE: "Approve the section of {name}, or give it back",
    TaskKind.RELEASE: "Release the section of {name}",
    TaskKind.SHARE: "Share the section of {name} with them",
    TaskKind.ANSWER: "Read your section and answer it",
    TaskKind.DECIDE_DISPUTE: "Decide a dispute about the section of {name}",
    TaskKind.DECIDE_CLAIM: "Decide a claim about evidence of {name}",
    TaskKind.DECIDE_CORRECTION: "Decide what a correction means for {name}",
    TaskKind.REOPEN: "Decide whether the section of {name} is opened again",
}


class MailState(StrEnum):
    """NEEDLESS: what there was to do was done before the message left."""

    WAITING = "WAITING"
    SENT = "SENT"
    NEEDLESS = "NEEDLESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person. What it says, and to which address, is found out when it is sent."""

    id: MailId
    owner: EmployeeId
    on: date
    state: MailState
    tries: int
    next_try_at: datetime | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    plain: str
    html: str


Told = tuple[EmployeeId, TaskKind, SectionId]


def told_of(task: Task) -> Told:
    return task.owner, task.kind, task.section


def is_to_be_written(tasks: Collection[Task], *, told: Collection[Told], on: date) -> bool:
    """Whether something among what one person has to do is new to them, or has to be brought to mind today."""
    return any(told_of(task) not in told or task.is_to_be_reminded(on) for task in tasks)


def text_of(name: str, tasks: Sequence[NamedTask], *, on: date, console: str) -> Text:
    """`console` is the address of the pages, without a slash at its end; `tasks` has the most urgent first.

    No figure and no rating stands in a message: it may be read by others on its way.
    """
    lines = [_Line(named, on, console) for named in tasks[:SHOWN]]
    count = "1 thing" if len(tasks) == 1 else f"{len(tasks):,} things"
    more = f"and {len(tasks) - SHOWN:,} more" if len(tasks) > SHOWN else None
    first = tasks[0]
    due = "" if first.task.due == date.max else f", by {in_words(first.task.due)}"
    subject = f"{lines[0].what}{due}" if len(tasks) == 1 else f"{count} to do{due.replace(', by', ', the first by')}"
    return Text(subject, _plain(name, count, lines, more, console), _html(name, count, lines, more, console))


class _Line:
    def __init__(self, named: NamedTask, on: date, console: str) -> None:
        place_of = "" if named.for_name is None else f" (for {named.for_name})"
        self.what = WORDS[named.task.kind].format(name=named.subject_name) + place_of
        self.cycle = named.cycle_name
        of_section = f"{console}/sections/{encoded(Kind.SECTION, named.task.section)}"
        self.address = f"{console}/parts" if named.task.kind is TaskKind.GIVE_PART else of_section
        self.when = _when(named.task.due, on)


def _when(due: date, on: date) -> str:
    left = (due - on).days
    if due == date.max:
        return "no date"
    if left < 0:
        return f"was due on {in_words(due)}"
    in_days = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return f"by {in_words(due)}, {in_days}"


WHY: Final = (
    "You are written to because something is waiting for you: at most once a day, and not at all where nothing is "
    "new and nothing nearly due. Figures and ratings are never sent by mail."
)


def _plain(name: str, count: str, lines: Sequence[_Line], more: str | None, console: str) -> str:
    told = [f"- {line.what}\n  {line.cycle}; {line.when}\n  {line.address}\n" for line in lines]
    if more:
        told.append(f"  {more}\n")
    return "\n".join([f"{name},\n", f"{count} to do:\n", *told, f"All of it: {console}/tasks\n", f"-- \n{WHY}\n"])


def _html(name: str, count: str, lines: Sequence[_Line], more: str | None, console: str) -> str:
    told = "".join(
        f'<li style="margin:0 0 12px"><a href="{escape(line.address)}">{escape(line.what)}</a><br>'
        f'<span style="color:#555">{escape(line.cycle)}; {escape(line.when)}</span></li>'
        for line in lines
    )
    rest = f"<p>{more}</p>" if more else ""
    return (
        '<!doctype html><html lang="en"><body style="font-family:sans-serif;font-size:16px;line-height:1.4;'
        'max-width:36em;color:#1a1a1a">'
        f"<p>{escape(name)},</p><p>{count} to do:</p><ul>{told}</ul>{rest}"
        f'<p><a href="{escape(console)}/tasks">All of it</a></p>'
        f'<p style="color:#555;font-size:13px">{WHY}</p></body></html>\n'
    )
