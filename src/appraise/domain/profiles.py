"""Role profiles: what counts, and how much, in which kind of job. The policy's own weights are for all other jobs."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from appraise.domain.employees import OUT_OF_SERVICE, Employment
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import definition_of
from appraise.domain.language import in_percent, say
from appraise.domain.periods import Period

DIGITS: Final = Decimal("0.0001")
"""To which weights of somebody who changed profiles are rounded."""

_LISTS: Final = {
    "jobs": "job titles that have this profile",
    "departments": "codes of departments whose jobs have this profile; with jobs, those jobs in these departments",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """`weights` make 1; an indicator that is not among them is read as context and weighs nothing."""

    name: str
    weights: tuple[tuple[IndicatorKey, float], ...]
    jobs: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()

    def covers(self, job: Employment) -> bool:
        """By the profile that the HR system names, and where it names none by job title and department."""
        if job.profile is not None:
            return job.profile.strip().casefold() == self.name.casefold()
        if not self.jobs and not self.departments:
            return False
        in_job = not self.jobs or job.job_title in self.jobs
        return in_job and (not self.departments or job.department in self.departments)

    @property
    def sentence(self) -> str:
        """Whom it is for, and what weighs how much."""
        named = say("jobs that the HR system calls {name}", name=self.name)
        jobs = say("the jobs {jobs}", jobs=", ".join(self.jobs)) if self.jobs else say("all jobs")
        of = ", ".join(self.departments)
        listed = say("{jobs} of {departments}", jobs=jobs, departments=of) if self.departments else jobs
        whom = say("{listed}, and {named}", listed=listed, named=named) if self.jobs or self.departments else named
        shown = [(definition_of(key).name, weight) for key, weight in sorted(self.weights, key=lambda pair: -pair[1])]
        weights = ", ".join(f"{say(name)} {in_percent(weight)}" for name, weight in shown if weight > 0)
        return say(
            "{name}, for {whom}: {weights}. The other indicators are context there.",
            name=self.name,
            whom=whom,
            weights=weights,
        )

    def as_json(self) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) for name in _LISTS}
        return {"name": self.name, "weights": dict(self.weights), **{name: one for name, one in lists.items() if one}}


Shares = tuple[tuple[Profile | None, Fraction], ...]
"""Of an employee's days, how many were in each profile, in the order of the policy; None is none of them, and last."""

GENERAL: Final[Shares] = ((None, Fraction(1)),)


def shares_of(
    jobs: Iterable[Employment], profiles: Sequence[Profile], *, cycle: Period, data_as_of: date
) -> dict[EmployeeId, Shares]:
    """Of everybody who held a job in service on a day of the cycle before `data_as_of`.

    The first profile that covers a job counts. Somebody with two jobs at once has the days of both.
    """
    if not profiles or data_as_of <= cycle.start:
        return {}
    measured = cycle.intersection(Period(cycle.start, data_as_of))
    days: dict[EmployeeId, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for job in jobs:
        held = measured and job.period.intersection(measured)
        if job.status in OUT_OF_SERVICE or held is None or held.days is None:
            continue
        place = next((at for at, profile in enumerate(profiles) if profile.covers(job)), len(profiles))
        days[job.employee][place] += held.days
    known: tuple[Profile | None, ...] = (*profiles, None)
    return {
        employee: tuple((known[at], Fraction(count, sum(of.values()))) for at, count in sorted(of.items()))
        for employee, of in days.items()
    }


def weights_of(shares: Shares, general: Mapping[IndicatorKey, float]) -> dict[IndicatorKey, Decimal]:
    """Of every indicator of the policy, by days where somebody changed profiles; `general` are the policy's own.

    They make 1 as exactly as those of the profiles do: what rounding leaves over goes to the largest.
    """
    each = [(share, general if profile is None else dict(profile.weights)) for profile, share in shares]
    if len(each) == 1:
        return {key: Decimal(str(each[0][1].get(key, 0.0))) for key in general}
    exact = {key: sum(share * Fraction(str(of.get(key, 0.0))) for share, of in each) for key in general}
    rounded = {key: _rounded(weight) for key, weight in exact.items()}
    largest = max(rounded, key=lambda key: rounded[key])
    rounded[largest] += _rounded(sum(exact.values())) - sum(rounded.values())
    return rounded


NO_PROFILE: Final = "no profile"
_SHARE: Final = re.compile(r"(?:^|, )(.+?) \((\d+)\N{NO-BREAK SPACE}% of the days\)")


def said_of(shares: Shares) -> str | None:
    """What the section says of it: the profile's name, with its share of the days where there were several."""
    if shares == GENERAL:
        return None
    names = [(profile.name if profile else NO_PROFILE, share) for profile, share in shares]
    if len(names) == 1:
        return names[0][0]
    return ", ".join(f"{name} ({in_percent(float(share))} of the days)" for name, share in names)


def told(said: str | None) -> str | None:
    """What `said_of` gave, in the language that holds."""
    parts = [
        say(
            "{name} ({share} of the days)",
            name=say("no profile") if name == NO_PROFILE else name,
            share=in_percent(int(part) / 100),
        )
        for name, part in _SHARE.findall(said or "")
    ]
    return ", ".join(parts) if parts else said


@lru_cache(4096)
def main_profile(said: str | None) -> str | None:
    """Of what `said_of` gave, the profile of most days; of two with as many the first, None for none of them."""
    parts = [] if said is None else _SHARE.findall(said)
    if not parts:
        return said
    name, _ = max(parts, key=lambda part: int(part[1]))
    return None if name == NO_PROFILE else name


def _rounded(value: Fraction | int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(DIGITS, ROUND_HALF_EVEN)


SCHEMA: Final[Mapping[str, Any]] = {
    "type": "array",
    "default": [],
    "description": "role profiles: what weighs how much in which jobs; the first that covers a job counts",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "weights"],
        "properties": {
            "name": {
                "type": "string",
                "minLength": 1,
                "description": "shown to people; the HR system may name it in the attribute `profile`",
            },
            "weights": {
                "type": "object",
                "minProperties": 1,
                "description": "by indicator; all make 1, and what is not named weighs nothing",
                "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
            },
            **{
                name: {"type": "array", "items": {"type": "string", "minLength": 1}, "description": meaning}
                for name, meaning in _LISTS.items()
            },
        },
    },
}

Wrong = Callable[[str, str], Exception]
"""(what was found, what was expected) → the error to raise."""


def profile_from(values: Any, wrong: Wrong) -> Profile:
    """One entry of the list, as TOML or JSON gave it."""
    if not isinstance(values, Mapping):
        raise wrong(f"is {values!r}", "a table [[profiles]] with its keys below")
    known = ("name", "weights", *_LISTS)
    for key in values:
        if key not in known:
            raise wrong(f"has the key {key}, which is none of a profile", "one of: " + ", ".join(known))
    name, weights = values.get("name"), values.get("weights")
    if not isinstance(name, str) or not name.strip():
        raise wrong(f"has the name {name!r}", "name: what people call the profile")
    if not isinstance(weights, Mapping) or not weights:
        raise wrong(f"has weights = {weights!r}", "weights = { satisfaction = 0.6, … }, by indicator")
    for key, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise wrong(f"has the weight {weight!r} for {key}", "a number from 0 to 1")
    return Profile(
        name.strip(),
        tuple(sorted((IndicatorKey(key), float(weight)) for key, weight in weights.items())),
        jobs=_texts(values, "jobs", wrong),
        departments=_texts(values, "departments", wrong),
    )


def _texts(values: Mapping[str, Any], name: str, wrong: Wrong) -> tuple[str, ...]:
    value = values.get(name, ())
    is_list = isinstance(value, list | tuple)
    if not is_list or not all(isinstance(one, str) and one for one in value):
        raise wrong(f"has {name} = {value!r}", f'{name} = ["…"], a list of texts')
    return tuple(value)
