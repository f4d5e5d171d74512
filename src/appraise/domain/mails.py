"""What is written to somebody who has something to do: at most one message a day, and none where nothing is new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from html import escape
from typing import Final

from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import EmployeeId, MailId
from appraise.domain.language import say, say_many, speech
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
    TaskKind.HAND_IN: "Hand in the section of {name}, in which there is nothing to rate",
    TaskKind.SUBMIT_IN_PLACE: "Hand in the section of {name}, whose manager is on leave",
    TaskKind.SEE_TO_IT: "See to it that the section of {name} is handed in: its last day is over",
    TaskKind.HAND_IN_UNREVIEWED: "Hand in the section of {name}, which nobody reviewed by the last day",
    TaskKind.APPROVE: "Approve the section of {name}, or give it back",
    TaskKind.RELEASE: "Release the section of {name}",
    TaskKind.SHARE: "Share the section of {name} with them",
    TaskKind.ANSWER: "Read your section and answer it",
    TaskKind.DECIDE_DISPUTE: "Decide a dispute about the section of {name}",
    TaskKind.DECIDE_CLAIM: "Decide a claim about evidence of {name}",
    TaskKind.DECIDE_CORRECTION: "Decide what a correction means for {name}",
    TaskKind.REOPEN: "Decide whether the section of {name} is opened again",
    TaskKind.LOOK_AT_WATCHES: "Look at what newly lies beyond a threshold of your watch-list",
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


Told = tuple[EmployeeId, TaskKind, str]


def told_of(task: Task) -> Told:
    return task.owner, task.kind, task.section or task.owner


def is_to_be_written(tasks: Collection[Task], *, told: Collection[Told], on: date) -> bool:
    """Whether something among what one person has to do is new to them, or has to be brought to mind today."""
    return any(told_of(task) not in told or task.is_to_be_reminded(on) for task in tasks)


def text_of(name: str, tasks: Sequence[NamedTask], *, on: date, console: str) -> Text:
    """`console` is the address of the pages, without a slash at its end; `tasks` has the most urgent first.

    No figure and no rating stands in a message: it may be read by others on its way.
    """
    lines = [_Line(named, on, console) for named in tasks[:SHOWN]]
    count = say_many("{count} thing to do:", "{count} things to do:", len(tasks))
    more = say_many("and {count} more", "and {count} more", len(tasks) - SHOWN) if len(tasks) > SHOWN else None
    subject = _subject(tasks, lines[0].what)
    return Text(subject, _plain(name, count, lines, more, console), _html(name, count, lines, more, console))


def _subject(tasks: Sequence[NamedTask], first: str) -> str:
    due = tasks[0].task.due
    is_one, has_day, day = len(tasks) == 1, due != date.max, in_words(due)
    if is_one:
        return say("{what}, by {day}", what=first, day=day) if has_day else first
    if has_day:
        return say_many(
            "{count} thing to do, by {day}", "{count} things to do, the first by {day}", len(tasks), day=day
        )
    return say_many("{count} thing to do", "{count} things to do", len(tasks))


class _Line:
    def __init__(self, named: NamedTask, on: date, console: str) -> None:
        what = say(WORDS[named.task.kind], name=named.subject_name)
        self.what = what if named.for_name is None else say("{what} (for {name})", what=what, name=named.for_name)
        self.cycle = named.cycle_name
        self.address = f"{console}{_way_to(named.task)}"
        self.when = _when(named.task.due, on)


def _way_to(task: Task) -> str:
    if task.section is None:
        return "/contributions#watch-list"
    return "/parts" if task.kind is TaskKind.GIVE_PART else f"/sections/{encoded(Kind.SECTION, task.section)}"


def _when(due: date, on: date) -> str:
    left = (due - on).days
    if due == date.max:
        return say("no date")
    if left < 0:
        return say("was due on {day}", day=in_words(due))
    if left == 0:
        return say("by {day}, today", day=in_words(due))
    if left == 1:
        return say("by {day}, tomorrow", day=in_words(due))
    return say("by {day}, in {left} days", day=in_words(due), left=left)


WHY: Final = (
    "You are written to because something is waiting for you: at most once a day, and not at all where nothing is "
    "new and nothing nearly due. Figures and ratings are never sent by mail."
)


def _plain(name: str, count: str, lines: Sequence[_Line], more: str | None, console: str) -> str:
    told = [f"- {line.what}\n  {line.cycle}; {line.when}\n  {line.address}\n" for line in lines]
    if more:
        told.append(f"  {more}\n")
    everything = say("All of it: {address}", address=f"{console}/tasks")
    return "\n".join([f"{name},\n", f"{count}\n", *told, f"{everything}\n", f"-- \n{say(WHY)}\n"])


def _html(name: str, count: str, lines: Sequence[_Line], more: str | None, console: str) -> str:
    told = "".join(
        f'<li style="margin:0 0 12px"><a href="{escape(line.address)}">{escape(line.what)}</a><br>'
        f'<span style="color:#555">{escape(line.cycle)}; {escape(line.when)}</span></li>'
        for line in lines
    )
    rest = f"<p>{more}</p>" if more else ""
    everything, why = say("All of it"), say(WHY)
    return (
        f'<!doctype html><html lang="{speech().tag}"><body style="font-family:sans-serif;font-size:16px;'
        'line-height:1.4;max-width:36em;color:#1a1a1a">'
        f"<p>{escape(name)},</p><p>{count}</p><ul>{told}</ul>{rest}"
        f'<p><a href="{escape(console)}/tasks">{escape(everything)}</a></p>'
        f'<p style="color:#555;font-size:13px">{escape(why)}</p></body></html>\n'
    )
