"""What a policy leaves out on purpose, each with its reason: employees who have no customers, or evidence.

An exclusion of employees names departments or jobs. One of evidence names days, topics or segments; where it names
several kinds, what is left out fits all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from appraise.domain.employees import Employment
from appraise.domain.language import say, speech

_LISTS: Final = {
    "departments": "codes of departments whose employees get no figure",
    "jobs": "job titles whose holders get no figure",
    "topics": "topics of contacts and ratings that do not count",
    "segments": "segments of customers of whom nothing counts",
}
_DAYS: Final = {
    "first_day": "first day of the days that do not count",
    "last_day": "last of these days, itself left out; the same day where it is not given",
}
_OF_EMPLOYEES: Final = ("departments", "jobs")
_OF_EVIDENCE: Final = ("topics", "segments", "first_day")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`first_day` to `last_day`, both left out, UTC."""

    reason: str
    departments: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None

    @property
    def of_evidence(self) -> bool:
        return bool(self.topics or self.segments or self.first_day)

    @property
    def sentence(self) -> str:
        """What is left out, and why."""
        lists = (
            (say("departments"), self.departments),
            (say("jobs"), self.jobs),
            (say("topics"), self.topics),
            (say("segments"), self.segments),
        )
        parts = [f"{name} {', '.join(texts)}" for name, texts in lists if texts]
        if self.first_day is not None and self.last_day is not None:
            first, last = (speech().day(day) for day in (self.first_day, self.last_day))
            parts.append(say("days {first} to {last}", first=first, last=last))
        return say("Left out, {what}: {reason}", what="; ".join(parts), reason=self.reason)

    def covers(self, job: Employment) -> bool:
        return job.department in self.departments or job.job_title in self.jobs

    def as_json(self) -> dict[str, Any]:
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in plain.items()
            if value
        }


SCHEMA: Final[Mapping[str, Any]] = {
    "type": "array",
    "default": [],
    "description": "what is left out on purpose: employees by department or job, or evidence by topic, segment or days",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["reason"],
        "properties": {
            "reason": {"type": "string", "minLength": 1, "description": "why, for those whom it concerns to read"},
            **{
                name: {"type": "array", "items": {"type": "string", "minLength": 1}, "description": meaning}
                for name, meaning in _LISTS.items()
            },
            **{name: {"type": "string", "format": "date", "description": meaning} for name, meaning in _DAYS.items()},
        },
    },
}

Wrong = Callable[[str, str], Exception]
"""(what was found, what was expected) → the error to raise."""


def exclusion_from(values: Any, wrong: Wrong) -> Exclusion:
    """One entry of the list, as TOML or JSON gave it."""
    if not isinstance(values, Mapping):
        raise wrong(f"is {values!r}", "a table [[exclusions]] with its keys below")
    known = ("reason", *_LISTS, *_DAYS)
    for name in values:
        if name not in known:
            raise wrong(f"has the key {name}, which is none of an exclusion", "one of: " + ", ".join(known))
    reason = values.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise wrong(f"has the reason {reason!r}", "reason: a sentence for those whom it concerns to read")
    lists = {name: _texts(values.get(name, ()), name, wrong) for name in _LISTS}
    days = {name: _day(values[name], name, wrong) for name in _DAYS if name in values}
    first = days.get("first_day")
    last = days.get("last_day", first)
    if last is not None and (first is None or last < first):
        raise wrong(f"goes from {first} to {last}", "first_day, and a last_day not before it")
    found = Exclusion(reason.strip(), **lists, first_day=first, last_day=last)
    if found.of_evidence == bool(found.departments or found.jobs):
        expected = f"either {' or '.join(_OF_EMPLOYEES)}, or some of {', '.join(_OF_EVIDENCE)}"
        raise wrong("leaves out " + ("employees and evidence at once" if found.of_evidence else "nothing"), expected)
    return found


def left_out(jobs: Iterable[Employment], exclusions: Iterable[Exclusion]) -> str | None:
    """The first reason that covers each of the jobs; None where some job is covered by none, or there are no jobs."""
    known, rules = tuple(jobs), tuple(exclusions)
    reasons = [next((rule.reason for rule in rules if rule.covers(job)), None) for job in known]
    return reasons[0] if reasons and None not in reasons else None


def _texts(value: Any, name: str, wrong: Wrong) -> tuple[str, ...]:
    if (
        isinstance(value, str)
        or not isinstance(value, list | tuple)
        or not all(isinstance(x, str) and x for x in value)
    ):
        raise wrong(f"has {name} = {value!r}", f'{name} = ["…"], a list of texts')
    return tuple(value)


def _day(value: Any, name: str, wrong: Wrong) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(f"has {name} = {value!r}", f"{name} = a day such as 2025-03-31") from None
