"""Tables of contributions: figures against hand-written SQL, totals that add up, and small groups that stay hidden."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.conftest import codes
from tests.api.organisation import AT, UNITS, Organisation, build

from appraise.api.global_ids import Kind, to_global
from appraise.domain.section_states import SectionState
from appraise.settings import Settings
from appraise.storage import audit, sections
from appraise.use_cases.deployment import Deployment
from appraise.web import create_app

Ask = Callable[..., dict[str, Any]]

TABLE = """query ($by: ContributionDimension!, $first: Int!, $after: String, $where: ContributionWhere,
  $indicators: [String!], $order: ContributionOrder, $grain: ContributionGrain) {
  contributions(groupBy: {dimension: $by, grain: $grain}, first: $first, after: $after, where: $where, indicators: $indicators, orderBy: $order) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { cycle { name } period { name start end cycles { name } } group { key name dimension } contributions {
      __typename indicator { key unit direction } asNowKnown { ...Reading } asFinalised { ...Reading }
      ... on AdditiveContribution { totalDefinition { unit } } } }
  } }
  fragment Reading on ContributionReading { dataAsOf coverage { employees measured absent { kind employees } }
    ... on AdditiveReading { total { unit amount lower upper currency } }
    result { ... on ContributionFigure { value lower upper lower90 upper90 expected isBetter isPooled }
             ... on Absence { kind reason } } }"""


@pytest.fixture
def organisation(deployment: Deployment) -> Organisation:
    return build(deployment)


@pytest.fixture
def ask(organisation: Organisation) -> Iterator[Ask]:
    tokens: dict[str, str] = {}
    app = create_app(organisation.deployment, Settings(), lambda: AT)
    with TestClient(app, base_url="http://testserver") as client:

        def asked(who: str, query: str, **variables: Any) -> dict[str, Any]:
            if who not in tokens:
                tokens[who] = organisation.token(who)
            headers = {"authorization": f"Bearer {tokens[who]}"}
            body: dict[str, Any] = client.post(
                "/graphql", json={"query": query, "variables": variables}, headers=headers
            ).json()
            return body

        yield asked


def rows(ask: Ask, by: str, who: str = "Hal", **variables: Any) -> list[dict[str, Any]]:
    answer = ask(who, TABLE, **({"by": by, "first": 80} | variables))
    assert "errors" not in answer, answer
    nodes: list[dict[str, Any]] = answer["data"]["contributions"]["nodes"]
    return nodes


def reading(row: dict[str, Any], indicator: str, which: str = "asNowKnown") -> dict[str, Any]:
    found: dict[str, Any] = next(one[which] for one in row["contributions"] if one["indicator"]["key"] == indicator)
    return found


def newest(organisation: Organisation) -> dict[str, Any]:
    return {"cycles": [to_global(Kind.CYCLE, organisation.cycles[1].id)]}


def stored(organisation: Organisation, indicator: str, department: str) -> np.ndarray:
    """Unshrunk figure, standard error, overlap and base of each who is measured, by SQL written for the test."""
    dialect = organisation.deployment.database.engine.dialect.name
    json = "evidence->>'{}'" if dialect == "postgresql" else "json_extract(evidence, '$.{}')"
    statement = f"""
        SELECT CAST(unshrunk AS FLOAT), CAST(standard_error AS FLOAT),
               CAST({json.format("credit")} AS FLOAT) / CAST({json.format("effective")} AS FLOAT),
               coalesce(money_foretold, CAST({json.format("expected_events")} AS FLOAT))
        FROM scorecards
        JOIN sections ON sections.employee_id = scorecards.employee_id AND sections.run_id = scorecards.run_id
        JOIN cycles ON cycles.id = sections.cycle_id
        WHERE cycles.name = '2025' AND department_code = '{department}' AND indicator = '{indicator}'
          AND absence_kind IS NULL"""
    with organisation.deployment.database.reading() as session:
        return np.array(
            [[np.nan if cell is None else float(cell) for cell in row] for row in session.execute(text(statement))]
        )


@pytest.mark.parametrize("indicator", ["satisfaction", "repeat_purchase", "lifetime_value", "attrition"])
def test_a_departments_figure_is_the_unshrunk_ones_pooled_by_precision(
    organisation: Organisation, ask: Ask, indicator: str
) -> None:
    (sales,) = (row for row in rows(ask, "DEPARTMENT", where=newest(organisation)) if row["group"]["key"] == "sales")
    y, error, overlap, _ = stored(organisation, indicator, "sales").T
    weight = error**-2.0
    value = np.average(y, weights=weight)
    widened = np.sqrt((weight**2 * error**2 * overlap).sum()) / weight.sum()

    found = reading(sales, indicator)["result"]

    assert found["isPooled"] is True
    assert float(found["value"]) == pytest.approx(value, abs=1e-6)
    for name, (low, high) in {
        "": stats.norm.interval(0.95, value, widened),
        "90": stats.norm.interval(0.90, value, widened),
    }.items():
        assert (float(found[f"lower{name}"]), float(found[f"upper{name}"])) == pytest.approx((low, high), abs=2e-6)
    better = float(found["lower90"]) > float(found["expected"])
    worse = float(found["upper90"]) < float(found["expected"])
    assert found["isBetter"] == {(True, False): indicator != "attrition", (False, True): indicator == "attrition"}.get(
        (better, worse)
    )


@pytest.mark.parametrize(("indicator", "sign"), [("repeat_purchase", 1), ("lifetime_value", 1), ("attrition", -1)])
def test_totals_are_what_was_credited_beyond_expectation(
    organisation: Organisation, ask: Ask, indicator: str, sign: int
) -> None:
    (sales,) = (row for row in rows(ask, "DEPARTMENT", where=newest(organisation)) if row["group"]["key"] == "sales")
    y, error, overlap, base = stored(organisation, indicator, "sales").T
    amount, reach = sign * (base * (y - 1)).sum(), 1.959964 * np.sqrt((base**2 * error**2 * overlap).sum())

    total = reading(sales, indicator)["total"]

    wanted = [float(total[name]) for name in ("amount", "lower", "upper")]
    assert wanted == pytest.approx(
        [amount, amount - reach, amount + reach], abs=0.51 if indicator == "lifetime_value" else 2e-5
    )
    assert total["currency"] == ("EUR" if indicator == "lifetime_value" else None)


def test_totals_add_up_and_means_are_not_offered_as_such(organisation: Organisation, ask: Ask) -> None:
    everybody = rows(ask, "EMPLOYEE", where=newest(organisation))
    (whole,) = rows(ask, "ORGANISATION", where=newest(organisation))

    for indicator in ("repeat_purchase", "lifetime_value", "attrition"):
        parts = [reading(row, indicator)["total"] for row in everybody]
        summed = sum(Decimal(part["amount"]) for part in parts if part is not None)
        assert summed == pytest.approx(Decimal(reading(whole, indicator)["total"]["amount"]), abs=Decimal(20))
    assert "total" not in reading(whole, "satisfaction")
    kinds = {one["indicator"]["key"]: one["__typename"] for one in whole["contributions"]}
    assert kinds.pop("satisfaction") == "NonAdditiveContribution"
    assert set(kinds.values()) == {"AdditiveContribution"}
    units = {one["indicator"]["key"]: one.get("totalDefinition") for one in whole["contributions"]}
    assert units == {
        "satisfaction": None,
        "repeat_purchase": {"unit": "PURCHASES"},
        "lifetime_value": {"unit": "MONEY"},
        "attrition": {"unit": "CUSTOMERS"},
    }


def test_coverage_says_how_many_are_measured_and_why_the_others_are_not(organisation: Organisation, ask: Ask) -> None:
    (whole,) = rows(ask, "ORGANISATION", where=newest(organisation))

    assert reading(whole, "lifetime_value")["coverage"] == {
        "employees": 33,
        "measured": 25,
        "absent": [{"kind": "INSUFFICIENT_EVIDENCE", "employees": 8}],
    }
    assert reading(whole, "lifetime_value")["dataAsOf"] == "2026-03-01"


@pytest.mark.parametrize("state", [SectionState.EXEMPT, SectionState.VOID])
def test_who_is_out_of_the_cycle_is_in_no_row(organisation: Organisation, ask: Ask, state: SectionState) -> None:
    organisation.put(("Mia 2",), organisation.cycles[1], state)

    (whole,) = rows(ask, "ORGANISATION", where=newest(organisation))

    assert reading(whole, "satisfaction")["coverage"]["employees"] == 32
    assert "Mia 2" not in {row["group"]["name"] for row in rows(ask, "EMPLOYEE", where=newest(organisation))}


def test_a_small_group_is_withheld_and_so_is_what_would_give_it_away(organisation: Organisation, ask: Ask) -> None:
    """Stores has three people: everybody less the other departments would be they, so another one keeps it company."""
    shown = {
        row["group"]["name"]: reading(row, "satisfaction")
        for row in rows(ask, "DEPARTMENT", where=newest(organisation))
    }
    units = {
        row["group"]["name"]: reading(row, "satisfaction") for row in rows(ask, "UNIT", where=newest(organisation))
    }
    (whole,) = rows(ask, "ORGANISATION", where=newest(organisation))

    assert {name for name, one in shown.items() if "value" in one["result"]} == {"Sales", "Care"}
    assert {name for name, one in units.items() if "value" in one["result"]} == {"Mia", "Noa", "Pia"}
    assert shown["Stores"] == {
        "dataAsOf": "2026-03-01",
        "coverage": None,
        "result": {
            "kind": "WITHHELD",
            "reason": "Fewer than 5 employees stand behind this figure, or one of fewer could be had by subtraction.",
        },
    }
    assert "value" in reading(whole, "satisfaction")["result"]


def test_a_manager_sees_groups_of_those_whom_they_may_see(ask: Ask, organisation: Organisation) -> None:
    (unit,) = rows(ask, "UNIT", who="Mia", where=newest(organisation))
    (own,) = rows(ask, "ORGANISATION", who="Noa 0", where=newest(organisation))

    assert (unit["group"]["name"], reading(unit, "satisfaction")["coverage"]["employees"]) == ("Mia", 7)
    assert reading(own, "satisfaction")["result"]["kind"] == "WITHHELD"
    assert rows(ask, "DEPARTMENT", who="sections service") == []


def test_as_finalised_is_what_the_frozen_run_said_and_as_now_known_the_newest(
    organisation: Organisation, ask: Ask
) -> None:
    before = {
        row["group"]["name"]: reading(row, "satisfaction") for row in rows(ask, "EMPLOYEE", where=newest(organisation))
    }
    care = tuple(name for name in organisation.agents if name.startswith("Pia"))
    organisation.put(care, organisation.cycles[1])
    organisation.score(organisation.cycles[1], seed=2, at=AT + timedelta(hours=1))

    after = {row["group"]["name"]: row for row in rows(ask, "EMPLOYEE", where=newest(organisation))}
    (department,) = (
        row for row in rows(ask, "DEPARTMENT", where=newest(organisation)) if row["group"]["key"] == "care"
    )

    assert reading(after["Pia 3"], "satisfaction", "asFinalised") == before["Pia 3"]
    assert reading(after["Pia 3"], "satisfaction") != before["Pia 3"]
    assert reading(after["Mia 3"], "satisfaction", "asFinalised") is None
    assert reading(department, "satisfaction", "asFinalised")["coverage"]["measured"] == 9
    values = [reading(department, "satisfaction", which)["result"]["value"] for which in ("asFinalised", "asNowKnown")]
    assert values[0] != values[1]


@pytest.mark.parametrize("finalised", [9, 8])
def test_as_finalised_is_withheld_where_the_difference_would_tell_of_few(
    organisation: Organisation, ask: Ask, finalised: int
) -> None:
    """One figure of nine was corrected since, or one section of nine is not finalised yet."""
    care = tuple(name for name in organisation.agents if name.startswith("Pia"))
    organisation.put(care[:finalised], organisation.cycles[1])
    changed = care[:1] if finalised == len(care) else ()
    organisation.score(organisation.cycles[1], seed=2, at=AT + timedelta(hours=1), changed=changed)

    (row,) = (row for row in rows(ask, "DEPARTMENT", where=newest(organisation)) if row["group"]["key"] == "care")

    assert "value" in reading(row, "satisfaction")["result"]
    assert reading(row, "satisfaction", "asFinalised")["result"]["kind"] == "WITHHELD"


def test_rows_come_in_the_order_asked_for_page_by_page(organisation: Organisation, ask: Ask) -> None:
    def names(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return [(row["cycle"]["name"], row["group"]["name"]) for row in found]

    departments = ["Care", "Sales", "Stores", "Web"]
    newest_first = [(year, name) for year in ("2025", "2024") for name in departments]
    assert names(rows(ask, "DEPARTMENT")) == newest_first
    assert names(rows(ask, "DEPARTMENT", order="OLDEST_FIRST")) == [*newest_first[4:], *newest_first[:4]]
    by_group = [(year, name) for name in departments for year in ("2025", "2024")]
    assert names(rows(ask, "DEPARTMENT", order="BY_GROUP")) == by_group
    for order, whole in {"NEWEST_FIRST": newest_first, "BY_GROUP": by_group}.items():
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = ask("Hal", TABLE, by="DEPARTMENT", first=3, after=after, order=order)["data"]["contributions"]
            assert page["totalCount"] == 8
            found += page["nodes"]
        assert names(found) == whole


def test_people_come_page_by_page_until_nobody_is_left(organisation: Organisation, ask: Ask) -> None:
    def cells(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return [(row["period"]["name"], row["group"]["name"]) for row in found]

    for order, grain, sign in (("NEWEST_FIRST", "CYCLE", 1), ("BY_GROUP", "YEAR", -1)):
        whole = rows(ask, "EMPLOYEE", order=order, grain=grain)
        found: list[dict[str, Any]] = []
        asked: dict[str, Any] = {"by": "EMPLOYEE", "first": 17, "order": order, "grain": grain}
        while (page := ask("Hal", TABLE, **asked)["data"]["contributions"])["nodes"]:
            found += page["nodes"]
            asked["after"] = page["pageInfo"]["endCursor"]
        assert (found, page["totalCount"]) == (whole, len(whole))
        assert cells(whole) == sorted(set(cells(whole)), key=lambda one: (-int(one[0]), one[1])[::sign])


def test_rows_by_role_profile_and_year(organisation: Organisation, ask: Ask) -> None:
    care = {organisation.ids[name] for name in organisation.agents if name.startswith("Pia")}
    for cycle in organisation.cycles:
        with organisation.deployment.database.transaction() as session:
            known = sections.in_cycle(session, cycle.id)
            placed = [replace(one, profile="Agent" if one.employee in care else None) for one in known]
            sections.save(session, placed, at=AT)

    by_year = rows(ask, "PROFILE", grain="YEAR")
    one = rows(ask, "PROFILE", where={"profiles": ["Agent"], **newest(organisation)})

    assert [(row["period"]["name"], row["cycle"], row["group"]["key"]) for row in by_year] == [
        (year, None, key) for year in ("2025", "2024") for key in ("Agent", None)
    ]
    assert by_year[0]["period"] == {
        "name": "2025",
        "start": "2025-01-01",
        "end": "2026-01-01",
        "cycles": [{"name": "2025"}],
    }
    assert [row["contributions"] for row in one] == [by_year[0]["contributions"]]
    assert reading(one[0], "satisfaction")["coverage"]["employees"] == len(care)


def test_filters_choose_rows_and_leave_the_figures_as_they_are(organisation: Organisation, ask: Ask) -> None:
    whole = rows(ask, "DEPARTMENT")

    assert rows(ask, "DEPARTMENT", where={"departments": ["sales", "stores"]}) == [
        row for row in whole if row["group"]["key"] in {"sales", "stores"}
    ]
    mia = to_global(Kind.EMPLOYEE, organisation.ids["Mia"])
    assert {row["group"]["name"] for row in rows(ask, "EMPLOYEE", where={"managers": [mia]})} == {
        f"Mia {number}" for number in range(UNITS["Mia"][1])
    }
    one = to_global(Kind.EMPLOYEE, organisation.ids["Mia 2"])
    assert [row["group"]["key"] for row in rows(ask, "EMPLOYEE", where={"employees": [one]})] == [one, one]
    chosen = rows(ask, "UNIT", where={"managers": [mia]}, indicators=["attrition"])
    assert [[one["indicator"]["key"] for one in row["contributions"]] for row in chosen] == [["attrition"]] * 2


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"by": "UNIT", "where": {"departments": ["sales"]}}, "departments is no filter of rows by unit"),
        ({"by": "ORGANISATION", "where": {"employees": []}}, "employees is no filter of rows by organisation"),
        ({"by": "DEPARTMENT", "where": {"managers": []}}, "managers is no filter of rows by department"),
        ({"by": "UNIT", "where": {"cycles": []}}, "0 cycles"),
        ({"by": "UNIT", "where": {"profiles": []}}, "profiles is no filter of rows by unit"),
        (
            {"by": "UNIT", "grain": "QUARTER"},
            "the cycle 2025 (2025-01-01 – 2026-01-01) does not lie within one quarter",
        ),
        ({"by": "UNIT", "indicators": ["happiness"]}, "there is no indicator 'happiness'"),
        ({"by": "UNIT", "first": 0}, "first is 0"),
        ({"by": "UNIT", "after": "nonsense"}, "the cursor was not given out by Appraise"),
        ({"by": "EMPLOYEE", "where": {"employees": ["x"]}}, "'x' is not an id of this service"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(ask: Ask, variables: dict[str, Any], message: str) -> None:
    answer = ask("Hal", TABLE, **({"first": 10} | variables))

    assert answer["data"] == {"contributions": None}
    assert (codes(answer), answer["errors"][0]["message"]) == (["BAD_USER_INPUT"], message)


def test_reading_individuals_is_audited_and_reading_groups_is_not(organisation: Organisation, ask: Ask) -> None:
    def lines() -> list[tuple[str, str, dict[str, str]]]:
        with organisation.deployment.database.reading() as session:
            found = audit.since(session, 0, ["contributions.read"])
        return [(entry.actor, entry.subject, dict(entry.details)) for entry in found]

    rows(ask, "DEPARTMENT")
    rows(ask, "EMPLOYEE", who="Mia 2")
    assert lines() == []

    one = to_global(Kind.EMPLOYEE, organisation.ids["Mia 2"])
    rows(ask, "EMPLOYEE", where={"employees": [one]})
    ask("Mia", f'{{ employee(by: {{id: "{one}"}}) {{ contributions {{ cycle {{ name }} }} }} }}')

    facts = {"cycles": "2025, 2024"}
    about = f"employee:{organisation.ids['Mia 2']}"
    assert lines() == [(f"employee:{organisation.ids[who]}", about, {"name": who, **facts}) for who in ("Hal", "Mia")]


def test_employees_and_departments_have_the_rows_of_the_table(organisation: Organisation, ask: Ask) -> None:
    some = "cycle { name } group { key } contributions { indicator { key } asNowKnown { ... on AdditiveReading { total { amount } } } }"
    listed = ask("Hal", f"{{ departments(first: 50) {{ nodes {{ code contributions {{ {some} }} }} }} }}")["data"][
        "departments"
    ]["nodes"]
    pages = ask("Hal", f'{{ employees(first: 50, department: "sales") {{ nodes {{ contributions {{ {some} }} }} }} }}')
    table = f"query ($by: ContributionDimension!) {{ contributions(groupBy: {{dimension: $by}}, first: 100) {{ nodes {{ {some} }} }} }}"

    def by_key(dimension: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in ask("Hal", table, by=dimension)["data"]["contributions"]["nodes"]:
            found.setdefault(row["group"]["key"], []).append(row)
        return found

    assert {one["code"]: one["contributions"] for one in listed} == {"board": [], **by_key("DEPARTMENT")}
    sold = [one["contributions"] for one in pages["data"]["employees"]["nodes"] if one["contributions"]]
    sales = {
        to_global(Kind.EMPLOYEE, organisation.ids[name]) for name in organisation.agents if name[:3] in {"Mia", "Noa"}
    }
    assert len(sold) == len(sales)
    assert all(rows_ == by_key("EMPLOYEE")[rows_[0]["group"]["key"]] for rows_ in sold)
