"""The walkthroughs on data that nobody here wrote: their commands, and their figures against other ways to them."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.flows import sample_figures as by_hand
from tests.flows.walkthrough import PAGES, Walked, walk

from appraise.bootstrap import open_deployment
from appraise.domain.access import Principal, Role
from appraise.domain.employees import ReportingKind
from appraise.domain.events import EventKind
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate
from appraise.events.engine import open_engine
from appraise.settings import Settings
from appraise.storage import people, scorecards
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_cycles import latest_run, list_cycles

pytestmark = [pytest.mark.samples, pytest.mark.long]
if not by_hand.CUSTOMER_SAMPLES.exists():
    pytest.skip("no walkthrough was run: there are no files in ../shared/samples/customer", allow_module_level=True)

TEST = Principal(name="test", roles=frozenset({Role.HR_ADMINISTRATOR}))
SIX_PLACES = 2e-6
"""Published figures are rounded to six places."""


@pytest.fixture(scope="module")
def adventureworks(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return walk(PAGES / "adventureworks.md", tmp_path_factory.mktemp("adventureworks"))


@pytest.fixture(scope="module")
def shopzilla(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return walk(PAGES / "csat-shopzilla.md", tmp_path_factory.mktemp("csat-shopzilla"))


@pytest.fixture(scope="module")
def chinook(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return walk(PAGES / "chinook.md", tmp_path_factory.mktemp("chinook"))


def test_adventureworks_prints_what_its_page_shows(adventureworks: Walked) -> None:
    assert adventureworks.differences() == []


def test_the_support_desk_prints_what_its_page_shows(shopzilla: Walked) -> None:
    assert shopzilla.differences() == []


def test_chinook_prints_what_its_page_shows(chinook: Walked) -> None:
    assert chinook.differences() == []


def test_adventureworks_people_are_those_of_the_national_ids_with_their_managers(adventureworks: Walked) -> None:
    deployment = opened(adventureworks)

    assert lines(deployment, ReportingKind.SOLID, "email", on=date(2020, 6, 1)) == by_hand.adventureworks_managers()


def test_adventureworks_purchases_are_the_files_order_lines(adventureworks: Walked) -> None:
    purchases = rows(opened(adventureworks), EventKind.PURCHASES)
    lines_of_file = by_hand.adventureworks_lines()

    assert Counter(
        (row["order_id"], row["employee_key"], row["amount"], row["currency"]) for row in purchases
    ) == Counter(
        (line["SalesOrderNumber"], line["EmployeeKey"], int(Decimal(line["SalesAmount"]) * 100), "USD")
        for line in lines_of_file
    )
    assert len({row["event_id"] for row in purchases}) == len(lines_of_file) == 57_851  # PROVENANCE.md


def test_adventureworks_ownerships_change_where_the_salesperson_changes(adventureworks: Walked) -> None:
    ownerships = rows(opened(adventureworks), EventKind.OWNERSHIPS)
    owners = defaultdict[str, set[str]](set)
    for row in ownerships:
        owners[row["customer_key"]].add(row["employee_key"])

    assert {
        (
            row["customer_key"],
            row["employee_key"],
            row["occurred_at"].date(),
            row["ended_at"] and row["ended_at"].date(),
        )
        for row in ownerships
    } == by_hand.ownership_periods(by_hand.adventureworks_orders())
    assert sum(len(several) > 1 for several in owners.values()) == 208  # resellers, as the page says


def test_adventureworks_raw_ratios_are_those_of_a_life_table_by_hand(adventureworks: Walked) -> None:
    deployment = opened(adventureworks)
    ratios = by_hand.repeat_ratios(by_hand.adventureworks_orders(), 2019, as_of=date(2020, 6, 1))
    salesperson = known_by(deployment, "adventureworks:employee")
    given = estimates(deployment, REPEAT_PURCHASE)

    assert len(given) == 5  # as the page says
    assert {employee: float(estimate.working.raw) for employee, estimate in given.items()} == pytest.approx(
        {employee: ratios[key] for key, employee in salesperson.items() if employee in given}, abs=SIX_PLACES
    )


def test_adventureworks_coverage_counts_the_orders_that_follow_one_in_time(adventureworks: Walked) -> None:
    covered = next(one for one in run(opened(adventureworks)).coverage if one.indicator == REPEAT_PURCHASE)

    followed = by_hand.followed_orders(by_hand.adventureworks_orders(), 2019)
    assert float(covered.attributed) == pytest.approx(followed, abs=SIX_PLACES)


def test_the_support_desks_agents_have_the_supervisor_and_manager_of_their_ratings(shopzilla: Walked) -> None:
    deployment, ratings = opened(shopzilla), by_hand.shopzilla_rows()
    chiefs = {row["Supervisor"]: None for row in ratings} | {row["Manager"]: None for row in ratings}
    name, day = "shopzilla:name", date(2023, 8, 1)

    assert lines(deployment, ReportingKind.SOLID, name, on=day) == chiefs | {
        row["Agent_name"]: row["Supervisor"] for row in ratings
    }
    assert lines(deployment, ReportingKind.DOTTED, name, on=day) == chiefs | {
        row["Agent_name"]: row["Manager"] for row in ratings
    }


def test_the_support_desks_ratings_have_the_files_sums_per_channel(shopzilla: Walked) -> None:
    def sums(channels_and_scores: list[tuple[str, Decimal]]) -> dict[str, tuple[int, Decimal]]:
        found: dict[str, tuple[int, Decimal]] = {}
        for channel, score in channels_and_scores:
            n, total = found.get(channel, (0, Decimal(0)))
            found[channel] = (n + 1, total + score)
        return found

    assert sums([(row["channel"], row["score"]) for row in rows(opened(shopzilla), EventKind.RATINGS)]) == sums(
        [(row["channel_name"], Decimal(row["CSAT Score"])) for row in by_hand.shopzilla_rows()]
    )


def test_the_support_desks_adjusted_means_are_those_of_least_squares_with_a_constant_per_agent(
    shopzilla: Walked,
) -> None:
    deployment = opened(shopzilla)
    means = by_hand.adjusted_means(by_hand.answers_of_august())
    agent = {employee: name for name, employee in known_by(deployment, "shopzilla:name").items()}
    given = estimates(deployment, SATISFACTION)

    assert len(given) == 126  # as the page says
    for employee, estimate in given.items():
        assert (float(estimate.working.raw), float(estimate.unshrunk)) == pytest.approx(
            means[agent[employee]], abs=2 * SIX_PLACES
        )


def test_the_support_desks_agents_with_fewer_than_ten_answers_are_told_so(shopzilla: Walked) -> None:
    deployment = opened(shopzilla)
    agent = {employee: name for name, employee in known_by(deployment, "shopzilla:name").items()}
    told = {
        agent[employee]: result.evidence.events
        for employee, result in results(deployment, SATISFACTION).items()
        if isinstance(result, Absence) and result.evidence and "at least 10 are needed" in result.reason
    }

    answers = Counter(answer.agent for answer in by_hand.answers_of_august())
    assert told == {name: n for name, n in answers.items() if n < 10}  # the policy's minimum


def test_chinooks_people_report_as_the_document_says(chinook: Walked) -> None:
    staff = by_hand.chinook()["Employee"]

    assert lines(opened(chinook), ReportingKind.SOLID, "chinook:employee", on=date(2021, 1, 1)) == {
        str(one["EmployeeId"]): one["ReportsTo"] and str(one["ReportsTo"]) for one in staff
    }


def test_chinooks_customers_belong_to_their_representatives(chinook: Walked) -> None:
    ownerships = rows(opened(chinook), EventKind.OWNERSHIPS)

    assert {row["customer_key"]: row["employee_key"] for row in ownerships} == {
        str(one["CustomerId"]): str(one["SupportRepId"]) for one in by_hand.chinook()["Customer"]
    }


def test_chinooks_invoices_keep_their_customer_and_total_and_name_nobody(chinook: Walked) -> None:
    purchases = rows(opened(chinook), EventKind.PURCHASES)

    assert {
        (row["event_id"], row["customer_key"], row["amount"], row["currency"], row["employee_key"]) for row in purchases
    } == {
        (str(one["InvoiceId"]), str(one["CustomerId"]), int(one["Total"] * 100), "USD", None)
        for one in by_hand.chinook()["Invoice"]
    }


def test_nobody_at_chinook_gets_a_figure(chinook: Walked) -> None:
    deployment = opened(chinook)
    with deployment.database.reading() as session:
        cards = scorecards.of_run(session, run(deployment).id)
    kinds = {getattr(result, "kind", None) for card in cards for result in card.results}

    assert len(cards) == len(by_hand.chinook()["Employee"])
    assert kinds <= {AbsenceKind.NOT_OBSERVED, AbsenceKind.INSUFFICIENT_EVIDENCE}


def opened(page: Walked) -> Deployment:
    return open_deployment(Settings(data=Path(page.data), database_url=None, events_url=None))


def rows(deployment: Deployment, kind: EventKind) -> list[dict[str, Any]]:
    table = deployment.events.snapshot().tables(open_engine())[kind]
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def known_by(deployment: Deployment, namespace: str) -> dict[str, EmployeeId]:
    """Reference as the source writes it → employee."""
    with deployment.database.reading() as session:
        everybody = people.snapshot(session).employees
    return {
        reference.value: employee.id
        for employee in everybody
        for reference in employee.references
        if reference.namespace == namespace
    }


def lines(deployment: Deployment, kind: ReportingKind, namespace: str, *, on: date) -> dict[str, str | None]:
    """Who reports to whom on a day, all by their reference of one namespace; whoever reports to nobody has None."""
    with deployment.database.reading() as session:
        reporting = people.snapshot(session).reporting_lines
    name = {employee: value for value, employee in known_by(deployment, namespace).items()}
    found: dict[str, str | None] = dict.fromkeys(name.values())
    for line in reporting:
        if line.kind is kind and on in line.period:
            found[name[line.employee]] = name[line.manager]
    return found


def run(deployment: Deployment) -> ScoringRun:
    (cycle,) = list_cycles(deployment, TEST)
    found = latest_run(deployment, TEST, cycle.id)
    assert found is not None
    return found


def results(deployment: Deployment, indicator: IndicatorKey) -> dict[EmployeeId, Estimate | Absence]:
    with deployment.database.reading() as session:
        cards = scorecards.of_run(session, run(deployment).id)
    return {card.employee: card.result(indicator) for card in cards}


def estimates(deployment: Deployment, indicator: IndicatorKey) -> dict[EmployeeId, Estimate]:
    found = results(deployment, indicator)
    return {employee: result for employee, result in found.items() if isinstance(result, Estimate)}
