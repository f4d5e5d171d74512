"""Many sections by one request: three policies, dry runs, repetition, and nobody gets further than one by one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from graphql import parse
from sqlalchemy import event
from tests.api.builder import AT, Company, build
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.api.guard import measure
from appraise.domain.reading import SectionsWanted, ViewedSection
from appraise.domain.scorecards import Estimate
from appraise.storage import audit
from appraise.use_cases.change_sections import MOST_ROWS, BulkRequest, OnError, Outcome, Row, change_sections
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import list_sections
from appraise.use_cases.submit_section import submit_section

RESULT = "{ done failed isDryRun rows { outcome section { state version } userErrors { code } error { code } } }"
RATE = f"mutation ($input: RateItemsInput!) {{ rateItems(input: $input) {RESULT} }}"
SUBMIT = f"mutation ($input: ChangeSectionsInput!) {{ submitSections(input: $input) {RESULT} }}"
RETURN = f"mutation ($input: ChangeSectionsWithReasonInput!) {{ returnSections(input: $input) {RESULT} }}"
APPROVE = f"mutation ($input: ChangeSectionsInput!) {{ approveSections(input: $input) {RESULT} }}"
RELEASE = f"mutation ($input: ChangeSectionsInput!) {{ releaseSections(input: $input) {RESULT} }}"
SHARE = f"mutation ($input: ChangeSectionsInput!) {{ shareSections(input: $input) {RESULT} }}"
FINALISE = f"mutation ($input: ChangeSectionsWithReasonInput!) {{ finaliseSections(input: $input) {RESULT} }}"
TEAM = ["Ann Archer", "Ben Castellanos", "Cem Yıldız"]


def section_id(company: Company, name: str) -> str:
    return to_global(Kind.SECTION, company.section(name).section.id)


def row(company: Company, name: str, **more: Any) -> dict[str, Any]:
    section = company.section(name).section
    return {"sectionId": to_global(Kind.SECTION, section.id), "expectedVersion": section.version, **more}


def ratings(company: Company, name: str, rating: int = 3) -> list[dict[str, Any]]:
    return [
        row(company, name, itemId=to_global(Kind.ITEM, item.id), rating=rating)
        for item in company.section(name).section.items
        if isinstance(item.result, Estimate)
    ]


def call(ask: Ask, who: str, query: str, rows: list[Any], on_error: str = "KEEP_GOING", **more: Any) -> Any:
    answer = ask(who, query, input={"rows": rows, "onError": on_error, **more})
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


def rated(company: Company, ask: Ask, *names: str) -> None:
    rows = [each for name in names for each in ratings(company, name)]
    told = call(ask, "Max Weber", RATE, rows)
    assert (told["done"], told["failed"]) == (len(rows), 0), told


def states(company: Company) -> list[str]:
    return [company.section(name).section.state.value for name in TEAM]


def outcomes(told: Any) -> list[str]:
    return [each["outcome"] for each in told["rows"]]


def test_a_team_goes_the_whole_way(company: Company, ask: Ask) -> None:
    rated(company, ask, *TEAM)
    assert states(company) == ["DRAFT"] * 3
    for who, query, more in [
        ("Max Weber", SUBMIT, {}),
        ("Hal Novak", RETURN, {"reason": "look again"}),
        ("Max Weber", SUBMIT, {}),
        ("Dora Lindqvist", APPROVE, {}),
        ("Hal Novak", RELEASE, {}),
        ("Max Weber", SHARE, {}),
        ("Hal Novak", FINALISE, {"reason": "agreed"}),
    ]:
        told = call(ask, who, query, [row(company, name, **more) for name in TEAM])
        assert outcomes(told) == ["DONE"] * 3, (query, told)
    assert states(company) == ["FINALISED"] * 3


def test_rows_of_one_section_may_all_carry_the_version_that_was_read(company: Company, ask: Ask) -> None:
    before = company.section("Ann Archer").section.version
    rows = ratings(company, "Ann Archer")
    assert len(rows) > 1
    told = call(ask, "Max Weber", RATE, rows)

    assert [each["section"]["version"] for each in told["rows"]] == [before + n + 1 for n in range(len(rows))]
    stale = call(ask, "Max Weber", RATE, rows[:1])
    assert stale["rows"][0]["userErrors"] == [{"code": "VERSION_CONFLICT"}]


@pytest.mark.parametrize(
    ("policy", "expected", "after"),
    [
        ("KEEP_GOING", ["DONE", "FAILED", "DONE"], ["SUBMITTED", "COLLECTING", "SUBMITTED"]),
        ("STOP_AT_FIRST", ["DONE", "FAILED", "NOT_TRIED"], ["SUBMITTED", "COLLECTING", "DRAFT"]),
        ("ALL_OR_NOTHING", ["TAKEN_BACK", "FAILED", "TAKEN_BACK"], ["DRAFT", "COLLECTING", "DRAFT"]),
    ],
)
def test_what_a_row_that_fails_costs_the_others(
    company: Company, ask: Ask, policy: str, expected: list[str], after: list[str]
) -> None:
    """Ben's section was not rated, so that it cannot be handed in."""
    rated(company, ask, "Ann Archer", "Cem Yıldız")
    rows = [row(company, name) for name in TEAM]
    before = _audited(company)
    dry = call(ask, "Max Weber", SUBMIT, rows, policy, dryRun=True)
    assert (outcomes(dry), dry["isDryRun"], states(company)) == (expected, True, ["DRAFT", "COLLECTING", "DRAFT"])
    assert _audited(company) == before
    told = call(ask, "Max Weber", SUBMIT, rows, policy)

    assert (outcomes(told), told["done"], told["failed"], states(company)) == (
        expected,
        expected.count("DONE"),
        1,
        after,
    )
    assert told["rows"][1]["userErrors"] == [{"code": "WRONG_STATE"}]
    assert told["rows"][0]["section"] == (None if policy == "ALL_OR_NOTHING" else dry["rows"][0]["section"])
    assert _audited(company) == before + expected.count("DONE")


def _audited(company: Company) -> int:
    with company.deployment.database.reading() as session:
        return sum(entry.action == "section.submit" for entry in audit.entries(session))


def test_a_key_gives_the_same_answer_and_does_nothing_again(company: Company, ask: Ask) -> None:
    rated(company, ask, "Ann Archer")
    rows = [row(company, name) for name in TEAM]
    dry = call(ask, "Max Weber", SUBMIT, rows, idempotencyKey="k", dryRun=True)
    first = call(ask, "Max Weber", SUBMIT, rows, idempotencyKey="k")
    again = call(ask, "Max Weber", SUBMIT, rows, idempotencyKey="k")

    assert outcomes(first) == ["DONE", "FAILED", "FAILED"]
    assert (again, {**dry, "isDryRun": False}) == (first, first)
    assert _audited(company) == 1
    for other in ({"rows": rows[:1], "onError": "KEEP_GOING"}, {"rows": rows, "onError": "STOP_AT_FIRST"}):
        assert codes(ask("Max Weber", SUBMIT, input={**other, "idempotencyKey": "k"})) == ["CONFLICT"]


def test_a_request_that_changed_nothing_may_be_mended_under_its_key(company: Company, ask: Ask) -> None:
    rows = [row(company, "Ann Archer")]
    assert outcomes(call(ask, "Max Weber", SUBMIT, rows, idempotencyKey="k")) == ["FAILED"]
    rated(company, ask, "Ann Archer")

    assert outcomes(call(ask, "Max Weber", SUBMIT, [row(company, "Ann Archer")], idempotencyKey="k")) == ["DONE"]


def test_nobody_gets_further_than_one_by_one(company: Company, ask: Ask) -> None:
    rated(company, ask, "Ann Archer")
    unknown = {"sectionId": to_global(Kind.SECTION, "nothing"), "expectedVersion": 1}
    seen = call(ask, "Hal Novak", SUBMIT, [row(company, "Ann Archer"), unknown])
    assert [each["error"] for each in seen["rows"]] == [{"code": "FORBIDDEN"}, {"code": "NOT_FOUND"}]
    hidden = call(ask, "Nia Okafor", SUBMIT, [row(company, "Ann Archer"), unknown])
    assert [each["error"] for each in hidden["rows"]] == [{"code": "NOT_FOUND"}] * 2
    own = call(ask, "Max Weber", RATE, ratings(company, "Max Weber")[:1])
    assert [each["error"] for each in own["rows"]] == [{"code": "FORBIDDEN"}]
    many = [{**row(company, "Ann Archer"), "reason": "x"}]
    for who in ("sections service", "Ann Archer"):
        answer = ask(who, FINALISE, input={"rows": many, "onError": "KEEP_GOING"})
        assert (answer["data"]["finaliseSections"], codes(answer)) == (None, ["FORBIDDEN"])
    assert states(company)[0] == "DRAFT"


def test_there_are_bounds(company: Company, ask: Ask) -> None:
    one = row(company, "Ann Archer")
    assert codes(ask("Max Weber", SUBMIT, input={"rows": [], "onError": "KEEP_GOING"})) == ["BAD_USER_INPUT"]
    assert codes(ask("Max Weber", SUBMIT, input={"rows": [one] * 251, "onError": "KEEP_GOING"})) == ["COST_LIMIT"]
    deep = SUBMIT.replace(
        "section { state version }", "section { items { result { ... on EstimateResult { value } } } }"
    )
    small = measure(parse(deep), {"input": {"rows": [one]}}, {}).cost
    assert measure(parse(deep), {"input": {"rows": [one] * 250}}, {}).cost == 250 * (small - 1) + 1
    inline = parse("mutation { submitSections(input: {rows: [{}, {}, {}]}) { done } }")
    assert measure(inline, {}, {}).cost == 1 + 3


@contextmanager
def counted_statements(deployment: Deployment) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(deployment.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(deployment.database.engine, "before_cursor_execute", note)


def test_as_many_rows_as_may_be_are_done_within_a_request(deployment: Deployment) -> None:
    company = build(deployment, others=MOST_ROWS)
    nia = company.principal("Nia Okafor")
    wanted = SectionsWanted(company.cycle.id, manager=company.ids["Nia Okafor"])
    page = list_sections(deployment, nia, wanted, at=AT, first=MOST_ROWS, after=None)
    rows = []
    for section in (one.section for one in page.items):
        item = next(item for item in section.items if isinstance(item.result, Estimate))
        rows.append(_rate(section.id, item.id, section.version))
    with counted_statements(deployment) as statements:
        results = change_sections(deployment, nia, BulkRequest(rows, OnError.ALL_OR_NOTHING), at=AT)
    assert len(statements) < 40  # and not several for each row
    assert [result.outcome for result in results] == [Outcome.DONE] * MOST_ROWS
    assert isinstance(results[0].viewed, ViewedSection)
    handed_in = [Row(each.section, 2, submit_section) for each in rows]
    refused = change_sections(deployment, nia, BulkRequest(handed_in, OnError.STOP_AT_FIRST), at=AT)
    assert [result.outcome for result in refused] == [Outcome.FAILED] + [Outcome.NOT_TRIED] * (MOST_ROWS - 1)


def _rate(section: Any, item: Any, version: int) -> Row:
    from appraise.use_cases.rate_item import rate_item

    return Row(section, version, rate_item, (item,), {"rating": 3, "comment": None})


def test_two_requests_that_cross_each_other_both_come_to_an_end(company: Company, ask: Ask) -> None:
    rated(company, ask, *TEAM)
    rows = [
        Row(company.section(name).section.id, company.section(name).section.version, submit_section) for name in TEAM
    ]
    requests = [BulkRequest(order, OnError.KEEP_GOING) for order in (rows, rows[::-1])] * 2
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda each: change_sections(company.deployment, company.principal("Max Weber"), each, at=AT), requests
            )
        )

    done = [result for results in answers for result in results if result.outcome is Outcome.DONE]
    assert (len(done), states(company), _audited(company)) == (3, ["SUBMITTED"] * 3, 3)


def test_an_id_that_cannot_be_read_costs_its_row_alone_and_paths_name_rows(company: Company, ask: Ask) -> None:
    exempt = """mutation ($input: ExemptSectionsInput!) { exemptSections(input: $input) {
      rows { outcome userErrors { path } error { code } } } }"""
    wrong = {"sectionId": "nonsense", "expectedVersion": 1, "reason": "LEAVE"}
    stale = row(company, "Ben Castellanos", reason="LEAVE") | {"expectedVersion": 99}
    told = call(ask, "Hal Novak", exempt, [wrong, stale, row(company, "Ann Archer", reason="LEAVE")])
    items = [{**one, "itemId": "nonsense"} for one in ratings(company, "Cem Yıldız")[:1]]
    rating = call(ask, "Max Weber", RATE, [*items, ratings(company, "Cem Yıldız")[0]])

    assert told["rows"] == [
        {"outcome": "FAILED", "userErrors": [], "error": {"code": "BAD_USER_INPUT"}},
        {"outcome": "FAILED", "userErrors": [{"path": ["input", "rows", "1", "expectedVersion"]}], "error": None},
        {"outcome": "DONE", "userErrors": [], "error": None},
    ]
    assert outcomes(rating) == ["FAILED", "DONE"]
    assert states(company) == ["EXEMPT", "COLLECTING", "DRAFT"]
    void = f"mutation ($input: ChangeSectionsWithReasonInput!) {{ voidSections(input: $input) {RESULT} }}"
    assert outcomes(call(ask, "Hal Novak", void, [row(company, "Ben Castellanos", reason="twice")])) == ["DONE"]
