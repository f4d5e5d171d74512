"""Where peers lie: of everybody, told of enough of them, and of nobody whom subtraction would leave alone."""

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from tests.api.conftest import codes
from tests.api.organisation import AT, Organisation
from tests.api.test_contributions import ask as ask  # noqa: PLC0414  # fixtures
from tests.api.test_contributions import organisation as organisation  # noqa: PLC0414

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Embedded
from appraise.domain.benchmarks import Benchmark
from appraise.domain.indicators import SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.domain.section_states import SectionState
from appraise.statistics.shrinkage import normal
from appraise.storage import sections
from appraise.use_cases.read_benchmarks import read_benchmarks

Ask = Callable[..., dict[str, Any]]
QUERY = """query ($by: EmployeeBy!, $cycle: ID!) { employee(by: $by) { section(cycle: $cycle) { items {
  indicator { key } benchmark { ... on Benchmark { group others lowerQuartile middle upperQuartile }
                                ... on Absence { kind reason } } } } } }"""


def asked(ask: Ask, organisation: Organisation, who: str, of: str) -> dict[str, Any]:
    by = {"id": to_global(Kind.EMPLOYEE, organisation.ids[of])}
    return ask(who, QUERY, by=by, cycle=to_global(Kind.CYCLE, organisation.cycles[1].id))


def benchmark(
    ask: Ask, organisation: Organisation, who: str, of: str, indicator: str = "satisfaction"
) -> dict[str, Any]:
    items = asked(ask, organisation, who, of)["data"]["employee"]["section"]["items"]
    found: dict[str, Any] = next(item["benchmark"] for item in items if item["indicator"]["key"] == indicator)
    return found


@pytest.mark.parametrize(("indicator", "step"), [("satisfaction", "0.1"), ("repeat_purchase", "0.01")])
def test_an_employee_reads_where_the_department_lies_and_all_of_it_counts(
    organisation: Organisation, ask: Ask, indicator: str, step: str
) -> None:
    """Against the posterior of a further employee of whom nothing is known, from figures read by SQL."""
    with organisation.deployment.database.reading() as session:
        rows = session.execute(text(f"""
            SELECT CAST(unshrunk AS FLOAT), CAST(standard_error AS FLOAT) FROM scorecards
            JOIN sections ON sections.employee_id = scorecards.employee_id AND sections.run_id = scorecards.run_id
            JOIN cycles ON cycles.id = sections.cycle_id
            WHERE cycles.name = '2025' AND department_code = 'sales' AND indicator = '{indicator}'
              AND absence_kind IS NULL""")).all()  # fmt: skip
    y, error = np.array(rows, float).T
    one_more = normal([*y, y.mean()], [*error**2, 1e12]).posterior
    expected = [
        Decimal(str(one_more.quantile(p)[-1])).quantize(Decimal(step), ROUND_HALF_UP) for p in (0.25, 0.5, 0.75)
    ]

    found = benchmark(ask, organisation, "Mia 2", "Mia 2", indicator)

    assert (found["group"], found["others"]) == ("Sales", 12)
    assert [Decimal(found[name]) for name in ("lowerQuartile", "middle", "upperQuartile")] == expected
    assert benchmark(ask, organisation, "Noa 1", "Noa 1", indicator) == found


def test_who_has_no_figure_reads_where_the_others_lie(organisation: Organisation, ask: Ask) -> None:
    """Mia 3 has too little evidence for lifetime value; ten of sales have enough."""
    assert benchmark(ask, organisation, "Mia 3", "Mia 3", "lifetime_value")["others"] == 10
    assert benchmark(ask, organisation, "Mia 2", "Mia 2", "lifetime_value")["others"] == 9


def test_a_manager_who_knows_all_but_a_few_is_told_nothing(organisation: Organisation, ask: Ask) -> None:
    """Of 13 in sales Mia reads 7: the others are 6. Of lifetime value 10 are measured, and 4 are not hers."""
    assert benchmark(ask, organisation, "Mia", "Mia 2")["others"] == 12
    withheld = benchmark(ask, organisation, "Mia", "Mia 2", "lifetime_value")
    assert withheld == {
        "kind": "WITHHELD",
        "reason": (
            "Fewer than 5 colleagues of the department have a figure that you do not know, or those of fewer could be "
            "had by subtraction."
        ),
    }
    assert benchmark(ask, organisation, "Dora", "Mia 2", "lifetime_value")["others"] == 9
    assert benchmark(ask, organisation, "Hal", "Mia 2", "lifetime_value")["others"] == 9


def test_what_an_executive_may_not_read_yet_cannot_be_had_either(organisation: Organisation, ask: Ask) -> None:
    """Nine of thirteen are handed in, so that four would be left; with eight there are five."""
    sales = [name for name in organisation.agents if name[:3] in {"Mia", "Noa"}]
    organisation.put(tuple(sales[:9]), organisation.cycles[1], SectionState.SUBMITTED)
    assert benchmark(ask, organisation, "Vera", sales[0])["kind"] == "WITHHELD"

    organisation.put((sales[8],), organisation.cycles[1], SectionState.DRAFT)
    assert benchmark(ask, organisation, "Vera", sales[0])["others"] == 12


def test_a_small_department_and_the_one_that_keeps_it_company_are_told_of_to_nobody(
    organisation: Organisation, ask: Ask
) -> None:
    for who, of in (("Raf 1", "Raf 1"), ("Hal", "Raf 1"), ("Tom 1", "Tom 1"), ("Hal", "Tom 1")):
        assert benchmark(ask, organisation, who, of)["kind"] == "WITHHELD"
    assert benchmark(ask, organisation, "Pia 1", "Pia 1")["others"] == 8


def test_programs_read_none_and_a_section_in_a_frame_has_it(organisation: Organisation, ask: Ask) -> None:
    organisation.put(("Pia 1",), organisation.cycles[1])
    cycle = to_global(Kind.CYCLE, organisation.cycles[1].id)
    query = (
        """query ($cycle: ID!) { sections(cycle: $cycle, first: 1) { nodes { items { benchmark { __typename } } } } }"""
    )
    answer = ask("sections service", query, cycle=cycle)
    assert [item["benchmark"] for item in answer["data"]["sections"]["nodes"][0]["items"]] == [None] * 4
    assert set(codes(answer)) == {"FORBIDDEN"}

    with organisation.deployment.database.transaction() as session:
        section = next(one for one in sections.in_cycle(session, organisation.cycles[1].id)
                       if one.employee == organisation.ids["Pia 1"])  # fmt: skip
    viewer = replace(organisation.principal("Pia 1"), embedded=Embedded(section.id, section.employee, "host"))
    arguments = (organisation.deployment, viewer, section.cycle, section.run)
    assert isinstance(read_benchmarks(*arguments, at=AT).of(section, SATISFACTION), Benchmark)
    nowhere = read_benchmarks(*arguments, at=AT).of(replace(section, department_code=None), SATISFACTION)
    assert isinstance(nowhere, Absence)
    assert nowhere.kind is AbsenceKind.NOT_APPLICABLE
