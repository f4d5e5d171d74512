"""The HRIS's side of the generated company: one row per snapshot and employee whom it shows."""

from datetime import date

import numpy as np

from appraise.testing.company_calendar import CYCLE_END, CYCLE_START, Columns
from appraise.testing.company_names import FAMILY, GIVEN, email_addresses
from appraise.testing.company_people import CHANGE_OF_LEAD, Job, People

SNAPSHOTS = (CYCLE_START, CYCLE_END)
_HOST = "nordlicht.example"


def staff_list(rng: np.random.Generator, people: People) -> Columns:
    # Below 10,000, so that every user id of five digits starts with the zero that spreadsheets swallow.
    userids = rng.permutation(np.arange(100, 10_000))[: len(people.jobs)]
    emails = email_addresses(people.given, people.family, host=_HOST, numbered=False)
    rows: list[tuple[object, ...]] = []
    for day in SNAPSHOTS:
        for position, job in enumerate(people.jobs):
            if people.hired[position] > day:
                continue
            manager = _manager_on(job, day)
            rows.append(
                (
                    day,
                    people.keys[position],
                    f"{userids[position]:05d}",
                    GIVEN[people.given[position]][0],
                    FAMILY[people.family[position]][0],
                    emails[position],
                    job.title,
                    job.level,
                    *job.department,
                    None if manager is None else people.keys[manager],
                    people.hired[position],
                    job.gone is None or job.gone > day,
                    f"{3_600_000_000 + 37 * position}" if job.serving > 0 or job.newcomer else None,
                )
            )
    return {name: _objects(cells) for name, cells in zip(_NAMES, zip(*rows, strict=True), strict=True)}


_NAMES = (
    "as_of",
    "employee",
    "userid",
    "given_name",
    "family_name",
    "email",
    "title",
    "level",
    "department_code",
    "department_name",
    "manager",
    "hire_date",
    "active",
    "zendesk_agent_id",
)


def _manager_on(job: Job, day: date) -> int | None:
    never_met_the_successor = job.gone is not None and job.gone <= CHANGE_OF_LEAD
    if job.successor is None or day < CHANGE_OF_LEAD or never_met_the_successor:
        return job.manager
    return job.successor


def _objects(cells: tuple[object, ...]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column
