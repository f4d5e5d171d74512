"""What a training did, with simulated truth, and every way in which it is refused."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests.use_cases.conftest import AT, Company, estimate, record

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.scorecards import Manifest, Scorecard, ScoringResult
from appraise.errors import InvalidInput, NotEnough, NotFound
from appraise.scoring.working import exactly
from appraise.storage import people
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.store_scores import store_scores
from appraise.use_cases.training_effect import Prices, TrainingEffect, training_effect

EMPLOYEES = 200
DRIFT = 2.0


@dataclass(frozen=True, slots=True)
class School:
    """Two scored cycles with half a year between them, in which half of the weaker employees are trained."""

    company: Company
    cycles: tuple[Cycle, Cycle]
    trained: tuple[str, ...]
    directory: Path

    def file(self, rows: list[list[str]], header: str = "employee_id,trained_on,cost") -> Path:
        path = self.directory / "trained.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            csv.writer(file).writerows(rows)
        return path

    def effect(self, path: Path, *, who: str = "hal", prices: Prices | None = None) -> TrainingEffect:
        before, after = (cycle.id for cycle in self.cycles)
        principal = self.company.principal(who)
        return training_effect(
            self.company.deployment,
            principal,
            path,
            indicator=SATISFACTION,
            before=before,
            after=after,
            prices=prices,
        )


def school(company: Company, directory: Path, *, effect: float, seed: int = 4) -> School:
    """True figures have sd 4, each cycle's chance sd 3; everybody rises by `DRIFT`, the trained by `effect` more."""
    random = np.random.default_rng(seed)
    names = [f"agent{number:03d}" for number in range(EMPLOYEES)]
    records = tuple(record(name, None, row) for row, name in enumerate(names, start=2))
    options = ImportOptions("school", as_of=date(2023, 1, 1))
    read = ReadPeople(records, (), complete=False)
    reconcile_people(company.deployment, read, options, file="more.csv", at=AT, dry_run=False)
    with company.deployment.database.reading() as session:
        ids = {person.display_name: person.id for person in people.snapshot(session).employees}
    truth = random.normal(75, 4, EMPLOYEES)
    pre = truth + random.normal(0, 3, EMPLOYEES)
    trained = (pre < np.quantile(pre, 0.4)) & (random.random(EMPLOYEES) < 0.5)
    post = truth + DRIFT + effect * trained + random.normal(0, 3, EMPLOYEES)
    periods = (Period(date(2023, 1, 1), date(2024, 1, 1)), Period(date(2024, 7, 1), date(2025, 1, 1)))
    cycles = []
    for name, period, values in zip(("2023", "H2"), periods, (pre, post), strict=True):
        cycle = open_cycle(company.deployment, name, period, at=AT)
        figures = {ids[who.title()]: float(value) for who, value in zip(names, values, strict=True)}
        store(company, cycle, figures)
        cycles.append(cycle)
    chosen = tuple(name for name, was in zip(names, trained, strict=True) if was)
    return School(company, (cycles[0], cycles[1]), chosen, directory)


def store(company: Company, cycle: Cycle, figures: dict[EmployeeId, float]) -> None:
    """`estimate` is shrunk by 1.05 from its unshrunk figure."""
    cards = tuple(Scorecard(who, (estimate(str(exactly(value - 1.05))),)) for who, value in figures.items())
    manifest = Manifest("test", "p" * 64, "q" * 64, (), cycle.period.start, AT.date(), AT.date())
    result = ScoringResult(cards, (), manifest)
    store_scores(
        company.deployment, cycle, result, DEFAULT_POLICY, scored=PeopleSnapshot((), (), ()), started_at=AT, at=AT
    )


def rows(school: School, cost: str = "100") -> list[list[str]]:
    return [[name, "2024-03-01", cost] for name in school.trained]


@pytest.mark.parametrize("true", [0.0, 4.0])
def test_the_true_effect_is_found_where_before_and_after_is_far_off(
    company: Company, tmp_path: Path, true: float
) -> None:
    """Regression to the mean (.36 of 4.8 points) and the drift (2) add 3.7 points to the plain difference."""
    taught = school(company, tmp_path, effect=true)
    found = taught.effect(taught.file(rows(taught)))

    for effect in (found.matched, found.ancova):
        assert effect.lower < true < effect.upper
        assert (effect.lower > 0) is (true > 0)
        assert abs(effect.estimate - true) < 2
    assert found.naive > true + 2.5
    assert found.matched.treated == found.matched.controls <= len(taught.trained)
    assert found.without_partner == len(taught.trained) - found.matched.treated
    assert (found.without_figure, found.rejected, found.return_on_cost) == ((), (), None)


def test_the_return_carries_the_effects_interval(company: Company, tmp_path: Path) -> None:
    """(effect × trained × value − cost) / cost by hand, for each end."""
    taught = school(company, tmp_path, effect=4.0)
    found = taught.effect(taught.file(rows(taught)), prices=Prices(Decimal(50), "EUR"))
    n = len(taught.trained)
    back = found.return_on_cost

    assert back is not None
    assert (back.cost, back.trained, back.currency) == (Decimal(100 * n), n, "EUR")
    ends = (found.matched.estimate, found.matched.lower, found.matched.upper)
    assert (back.estimate, back.lower, back.upper) == pytest.approx([end * 50 / 100 - 1 for end in ends])
    told = taught.effect(taught.file(rows(taught)), prices=Prices(Decimal(50), "EUR", cost=Decimal(200 * n)))
    assert told.return_on_cost is not None
    assert told.return_on_cost.estimate == pytest.approx(found.matched.estimate * 50 / 200 - 1)
    with pytest.raises(InvalidInput, match="does not say what every training cost"):
        taught.effect(taught.file(rows(taught, cost="")), prices=Prices(Decimal(50), "EUR"))


def test_rejected_rows_are_named_and_their_employees_are_no_controls(company: Company, tmp_path: Path) -> None:
    taught = school(company, tmp_path, effect=0.0)
    every = rows(taught)
    untrained = [f"agent{n:03d}" for n in range(EMPLOYEES) if f"agent{n:03d}" not in taught.trained]
    wrong = [
        ["nobody", "2024-03-01", ""],
        [untrained[0], "1.3.2024", ""],
        [untrained[1], "2023-06-01", ""],
        [untrained[2], "2024-08-01", ""],
        [untrained[3], "2024-03-01", "much"],
        [every[0][0], "2024-04-01", ""],
    ]
    found = taught.effect(taught.file(every + wrong))
    first = len(every) + 2

    assert [(one.row, one.column, one.value) for one in found.rejected] == [
        (first, "employee_id", "nobody"),
        (first + 1, "trained_on", "1.3.2024"),
        (first + 2, "trained_on", "2023-06-01"),
        (first + 3, "trained_on", "2024-08-01"),
        (first + 4, "cost", "much"),
        (first + 5, "employee_id", every[0][0]),
    ]
    assert "not between 2023 (2023-01-01 – 2024-01-01) and H2" in found.rejected[2].reason
    assert found.ancova.treated == len(every)
    assert found.ancova.controls == EMPLOYEES - len(every) - 4


def test_the_trained_who_are_left_out_are_told_with_why(company: Company, tmp_path: Path) -> None:
    taught = school(company, tmp_path, effect=0.0)
    unscored = [company.ids["ann"], "2024-03-01", ""]
    found = taught.effect(taught.file([*rows(taught), unscored]))
    few = [*rows(taught)[:2], unscored, *([f"nobody{n}", "2024-03-01", ""] for n in range(7))]
    with pytest.raises(NotEnough) as refusal:
        taught.effect(taught.file(few))

    assert found.without_figure == (("not scored in 2023", 1),)
    assert found.without_partner == found.ancova.treated - found.matched.treated
    assert found.ancova.treated == len(taught.trained)
    assert refusal.value.found.startswith(
        "2 trained and 198 untrained employees; left out: 1 employee not scored in 2023; row 5, column 'employee_id', "
        "value 'nobody0': no such employee; row 6, "
    )
    assert refusal.value.found.endswith("value 'nobody4': no such employee; 2 more rows that cannot be used")
    assert refusal.value.expected == "at least 5 of each"


def test_too_few_controls_are_refused_with_the_reason(company: Company, tmp_path: Path) -> None:
    taught = school(company, tmp_path, effect=0.0)
    almost_all = [[f"agent{number:03d}", "2024-03-01", "1"] for number in range(EMPLOYEES - 4)]

    with pytest.raises(NotEnough, match="196 trained and 4 untrained employees"):
        taught.effect(taught.file(almost_all))
    with pytest.raises(NotEnough, match="2 trained"):
        taught.effect(taught.file(rows(taught)[:2]))


def test_a_file_without_its_columns_and_a_reader_without_the_right_are_refused(
    company: Company, tmp_path: Path
) -> None:
    taught = school(company, tmp_path, effect=0.0)

    with pytest.raises(InvalidInput, match="the column 'trained_on' is missing"):
        taught.effect(taught.file([], header="employee_id,when"))
    with pytest.raises(NotFound):
        taught.effect(taught.file(rows(taught)), who="max")
