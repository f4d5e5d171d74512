"""Who works in the generated company, since when, under whom, and the true effect that each of them has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import CYCLE_END, OPENING, Floats, Integers, seconds_at
from appraise.testing.company_names import draw_names
from appraise.testing.company_sizes import Size

CHANGE_OF_LEAD = date(2025, 7, 1)
NEWCOMERS_START = date(2025, 12, 1)
LEAVING_DAYS = (date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1))
"""First days on which a leaver is gone; starts of months, so that a month belongs to whoever serves in it."""

# Between-employee standard deviations. The effects are normal, cut at 2.2 and stretched back to these, so that no
# share of good answers leaves .05–.95.
SD_SATISFACTION = 0.05
SD_REPEAT = 0.18
SD_VALUE = 0.08
SD_ATTRITION = 0.35
_CUT = 2.2
_SD_WHEN_CUT = 0.916
_SHARED = 0.4
"""Correlation of an employee's satisfaction and repeat-purchase effects."""

_DEPARTMENTS = {
    "service": ("100", "Customer Service"),
    "accounts": ("200", "Account Management"),
    "operations": ("300", "Operations"),
    "corporate": ("400", "Corporate Services"),
}
_TEAMS = {
    "service": (("110", "Orders & Delivery"), ("120", "Returns"), ("130", "Technical Help"), ("140", "Billing")),
    "accounts": (("210", "Business Accounts"), ("220", "Premium Accounts")),
    "operations": (("310", "Logistics"), ("320", "Quality")),
    "corporate": (("410", "Finance"), ("420", "People & Culture")),
}
_HEADS = ("service", "accounts", "operations", "corporate")
_FRONT_TITLES = {
    "service": ("Customer Service Agent", "Senior Customer Service Agent", "Customer Service Specialist"),
    "accounts": ("Account Manager", "Senior Account Manager", "Key Account Manager"),
    "operations": ("Logistics Planner", "Quality Analyst", "Warehouse Planner"),
    "corporate": ("Accountant", "People Partner", "Payroll Specialist"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One employee's place; `manager` is a position in the list of jobs, `successor` the manager after the change."""

    level: int
    branch: str
    department: tuple[str, str]
    title: str
    manager: int | None
    successor: int | None = None
    gone: date | None = None
    newcomer: bool = False
    serving: float = 0.0
    owning: float = 0.0


@dataclass(frozen=True, slots=True)
class People:
    """`serving` and `owning` are relative shares of the tickets and accounts; `start`, `stop` seconds of the job.

    `satisfaction` is added to the share of good answers; `repeat`, `value` and `attrition` are logarithms of ratios.
    """

    jobs: tuple[Job, ...]
    keys: npt.NDArray[np.object_]
    given: Integers
    family: Integers
    hired: tuple[date, ...]
    start: Integers
    stop: Integers
    serving: Floats
    owning: Floats
    satisfaction: Floats
    repeat: Floats
    value: Floats
    attrition: Floats


def draw_people(rng: np.random.Generator, size: Size) -> People:
    jobs = tuple(_jobs(rng, size))
    count = len(jobs)
    given, family = draw_names(rng, count)
    days = rng.integers(date(2009, 1, 1).toordinal(), date(2021, 12, 1).toordinal(), count)
    hired = tuple(
        NEWCOMERS_START if job.newcomer else date.fromordinal(day) for job, day in zip(jobs, days.tolist(), strict=True)
    )
    start = np.array([max(seconds_at(day), 0) for day in hired], dtype=np.int64)
    stop = np.array([seconds_at(job.gone or CYCLE_END) for job in jobs], dtype=np.int64)
    serving = np.array([job.serving for job in jobs])
    owning = np.array([job.owning for job in jobs])
    present = (stop - np.maximum(start, OPENING)) / (seconds_at(CYCLE_END) - OPENING)
    served, owned = serving * present, owning * present
    first = _standard(rng, served)
    second = _SHARED * first + np.sqrt(1 - _SHARED**2) * _standard(rng, served)
    return People(
        jobs=jobs,
        keys=np.array([f"E{number:04d}" for number in range(1, count + 1)], dtype=object),
        given=given,
        family=family,
        hired=hired,
        start=start,
        stop=stop,
        serving=serving,
        owning=owning,
        satisfaction=SD_SATISFACTION * first,
        repeat=SD_REPEAT * second,
        value=SD_VALUE * _standard(rng, served),
        attrition=SD_ATTRITION * _standard(rng, owned),
    )


def _standard(rng: np.random.Generator, evidence: Floats) -> Floats:
    """Cut normal effects of those with evidence, uncorrelated in the sample with how much evidence they have.

    A scorer's population mean weighs employees by evidence / (evidence + constant); by making the effects orthogonal
    to that weight, the weighted and the plain mean agree and "1 is the average employee" has one meaning.
    """
    normal = NormalDist()
    low, high = normal.cdf(-_CUT), normal.cdf(_CUT)
    drawn = np.array([normal.inv_cdf(low + (high - low) * part) for part in rng.random(evidence.size).tolist()])
    among = np.flatnonzero(evidence > 0)
    weight = evidence[among] / (evidence[among] + np.median(evidence[among]))
    design = np.column_stack([np.ones(among.size), weight])
    effects = np.zeros(evidence.size)
    effects[among] = drawn[among] - design @ np.linalg.lstsq(design, drawn[among], rcond=None)[0]
    return np.clip(effects, -_CUT, _CUT) / _SD_WHEN_CUT


def _jobs(rng: np.random.Generator, size: Size) -> Sequence[Job]:
    jobs = [Job(1, "corporate", _DEPARTMENTS["corporate"], "Chief Executive Officer", None)]
    jobs += [Job(2, branch, _DEPARTMENTS[branch], f"Head of {_DEPARTMENTS[branch][1]}", 0) for branch in _HEADS]
    head = {branch: position for position, branch in enumerate(_HEADS, start=1)}
    leads: dict[str, list[int]] = {}
    for branch, number in size.leads:
        leads[branch] = list(range(len(jobs), len(jobs) + number))
        for turn in range(number):
            team = _TEAMS[branch][turn % len(_TEAMS[branch])]
            leaves = branch == "service" and turn == 0
            jobs.append(
                Job(
                    3,
                    branch,
                    team,
                    f"Team Lead {team[1]}",
                    head[branch],
                    gone=CHANGE_OF_LEAD if leaves else None,
                    serving=0.12 if branch == "service" else 0.0,
                    owning=0.3 if branch == "accounts" else 0.0,
                )
            )
    for branch, number in size.front:
        over = leads.get(branch, [head[branch]])
        jobs += [_front_line(rng, size, branch=branch, turn=turn, over=over, jobs=jobs) for turn in range(number)]
    return jobs


def _front_line(
    rng: np.random.Generator, size: Size, *, branch: str, turn: int, over: list[int], jobs: list[Job]
) -> Job:
    manager = over[turn % len(over)]
    team = jobs[manager].department
    leaving = dict(size.leavers).get(branch, 0)
    newcomer = branch == "service" and turn < size.newcomers
    left = turn - (size.newcomers if branch == "service" else 0)
    busy = float(np.exp(np.clip(0.65 * rng.standard_normal(), -1.3, 1.3)))
    serving = busy if branch == "service" else 0.25 * busy if branch == "accounts" and turn % 2 else 0.0
    return Job(
        level=4,
        branch=branch,
        department=team,
        title=_FRONT_TITLES[branch][int(rng.choice(3, p=(0.6, 0.25, 0.15)))],
        manager=manager,
        successor=over[1] if jobs[manager].gone else None,
        gone=LEAVING_DAYS[left % len(LEAVING_DAYS)] if 0 <= left < leaving else None,
        newcomer=newcomer,
        # Every other newcomer is still being trained on the last day of the cycle and has served nobody.
        serving=0.0 if newcomer and turn % 2 == 0 else serving,
        owning=float(np.exp(0.5 * rng.standard_normal())) if branch == "accounts" else 0.0,
    )
