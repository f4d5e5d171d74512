"""Reading and changing a section, as query text and answers, on both kinds of database."""

from typing import Any

from tests.api.builder import Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.domain.explanations import composite_sentences, sentences
from appraise.domain.scorecards import Composite, Estimate

RESULTS = """query ($id: ID!) { section(id: $id) { items { weight indicator { key unit direction } result {
  __typename
  ... on EstimateResult { value lower upper lower90 upper90 expected unshrunk reliability probabilityBetter
    carriesConsequence isBetter evidence { events customers effective expectedEvents leftOut { reason count } }
    working { raw shrinkage score attributableShare caseMix { factor effect } sentences } money { amountMinor currency } }
  ... on Absence { kind reason evidenceSoFar { events } } } } } }"""
RATE = """mutation ($i: RateItemInput!) { rateItem(input: $i) {
  section { state version items { rating comment } } userErrors { code path message } } }"""
SUBMIT = """mutation ($i: SubmitSectionInput!) { submitSection(input: $i) {
  section { state } userErrors { code path } } }"""


def section_id(company: Company, of: str) -> str:
    return to_global(Kind.SECTION, company.section(of).section.id)


def change(company: Company, of: str, item: int, **fields: Any) -> dict[str, Any]:
    section = company.section(of).section
    key = to_global(Kind.ITEM, section.items[item].id)
    return {"sectionId": section_id(company, of), "itemId": key, "expectedVersion": section.version} | fields


TOGETHER = """query ($id: ID!) { section(id: $id) { composite { __typename
  ... on Composite { value lower upper90 level isBetter carriesConsequence observedWeight parts { indicator amount }
                     sentences }
  ... on Absence { kind reason } } } }"""


def test_what_the_indicators_say_together_is_read_with_its_parts_and_words(company: Company, ask: Ask) -> None:
    stored = {
        name: company.section(name).composite for name in ("Max Weber", "Nia Okafor", "Ann Archer", "Ben Castellanos")
    }
    figure = next(name for name, one in stored.items() if isinstance(one, Composite))
    absent = next(name for name, one in stored.items() if not isinstance(one, Composite))
    told, none = (
        ask("Hal Novak", TOGETHER, id=section_id(company, name))["data"]["section"]["composite"]
        for name in (figure, absent)
    )

    assert told["value"] == "0.42"
    assert told["parts"] == [
        {"indicator": "satisfaction", "amount": "0.84"},
        {"indicator": "attrition", "amount": "-0.42"},
    ]
    assert (told["lower"], told["upper90"], told["level"], told["isBetter"]) == ("-0.21", "1.05", 3, None)
    assert told["sentences"] == list(composite_sentences(stored[figure]))  # type: ignore[arg-type]
    assert none == {
        "__typename": "Absence",
        "kind": "INSUFFICIENT_EVIDENCE",
        "reason": "There is 1 indicator with a figure.",
    }


def test_a_result_is_read_digit_for_digit(company: Company, ask: Ask) -> None:
    items = ask("Ann Archer", RESULTS, id=section_id(company, "Ann Archer"))["data"]["section"]["items"]
    stored = company.section("Ann Archer").section.items[0].result
    assert isinstance(stored, Estimate)

    assert items[0] == {
        "weight": f"{company.section('Ann Archer').section.items[0].weight:f}",
        "indicator": {"key": "satisfaction", "unit": "POINTS", "direction": "HIGHER_IS_BETTER"},
        "result": {
            "__typename": "EstimateResult",
            "value": f"{stored.value:f}",
            "lower": f"{stored.lower:f}",
            "upper": f"{stored.upper:f}",
            "lower90": f"{stored.lower_90:f}",
            "upper90": f"{stored.upper_90:f}",
            "expected": "78.45",
            "unshrunk": f"{stored.unshrunk:f}",
            "reliability": f"{stored.reliability:f}",
            "probabilityBetter": f"{stored.probability_better:f}",
            "carriesConsequence": True,
            "isBetter": stored.is_better,
            "evidence": {
                "events": 214,
                "customers": 198,
                "effective": f"{stored.evidence.effective:f}",
                "expectedEvents": None,
                "leftOut": [{"reason": "answers_about_bots", "count": 12}],
            },
            "working": {
                "raw": f"{stored.working.raw:f}",
                "shrinkage": f"{stored.working.shrinkage:f}",
                "score": f"{stored.working.score:f}",
                "attributableShare": "0.7",
                "caseMix": [{"factor": name, "effect": f"{effect:f}"} for name, effect in stored.working.case_mix],
                "sentences": list(sentences(stored)),
            },
            "money": None,
        },
    }
    assert items[2]["result"] == {
        "__typename": "Absence",
        "kind": "INSUFFICIENT_EVIDENCE",
        "reason": "fewer than 5 purchases would be expected of anybody with these customers",
        "evidenceSoFar": {"events": 31},
    }


def test_a_manager_rates_and_hands_in(company: Company, ask: Ask) -> None:
    rated = [
        ask("Max Weber", RATE, i=change(company, "Ben Castellanos", item, rating=rating, comment=words))
        for item, rating, words in ((0, 3, None), (1, 5, "wins back whoever left"), (3, 2, " "))
    ]
    section = rated[-1]["data"]["rateItem"]["section"]
    submitted = ask(
        "Max Weber",
        SUBMIT,
        i={"sectionId": section_id(company, "Ben Castellanos"), "expectedVersion": section["version"]},
    )

    assert section["state"] == "DRAFT"
    assert section["items"] == [
        {"rating": 3, "comment": None},
        {"rating": 5, "comment": "wins back whoever left"},
        {"rating": None, "comment": None},
        {"rating": 2, "comment": None},
    ]
    assert submitted["data"] == {"submitSection": {"section": {"state": "SUBMITTED"}, "userErrors": []}}


def test_what_stands_in_the_way_is_named_with_its_place(company: Company, ask: Ask) -> None:
    outside = ask("Max Weber", RATE, i=change(company, "Ann Archer", 0, rating=6))
    nothing = ask("Max Weber", RATE, i=change(company, "Ann Archer", 2, rating=3))
    ask("Max Weber", RATE, i=change(company, "Ann Archer", 0, rating=3))
    version = company.section("Ann Archer").section.version
    early = ask("Max Weber", SUBMIT, i={"sectionId": section_id(company, "Ann Archer"), "expectedVersion": version})
    stale = ask("Max Weber", RATE, i=change(company, "Ann Archer", 0, rating=4) | {"expectedVersion": version - 1})
    first_open = to_global(Kind.ITEM, company.section("Ann Archer").section.items[1].id)

    def errors(answer: dict[str, Any], field: str) -> list[tuple[str, list[str]]]:
        return [(error["code"], error["path"]) for error in answer["data"][field]["userErrors"]]

    assert errors(outside, "rateItem") == [("OUT_OF_RANGE", ["input", "rating"])]
    assert errors(nothing, "rateItem") == [("NOTHING_TO_RATE", ["input", "rating"])]
    assert errors(early, "submitSection") == [("ITEM_OPEN", ["items", first_open])]
    assert errors(stale, "rateItem") == [("VERSION_CONFLICT", ["input", "expectedVersion"])]


def test_the_same_key_gives_the_same_answer_and_another_body_is_a_conflict(company: Company, ask: Ask) -> None:
    first = change(company, "Ann Archer", 0, rating=4, idempotencyKey="k1")
    once, again = ask("Max Weber", RATE, i=first), ask("Max Weber", RATE, i=first)
    other = ask("Max Weber", RATE, i=first | {"rating": 2})

    assert once == again
    assert (codes(other), other["data"]) == (["CONFLICT"], {"rateItem": None})


def test_an_employee_reads_withheld_ratings_as_withheld_and_not_as_absent(company: Company, ask: Ask) -> None:
    ask("Max Weber", RATE, i=change(company, "Ann Archer", 0, rating=4, comment="well done"))
    query = "query ($id: ID!) { section(id: $id) { ratingsVisible itemsToRate total items { rating } } }"
    answer = ask("Ann Archer", query, id=section_id(company, "Ann Archer"))

    assert answer["data"]["section"] == {
        "ratingsVisible": False,
        "itemsToRate": None,
        "total": None,
        "items": [{"rating": None}] * 4,
    }
    assert codes(answer) == ["FORBIDDEN"] * 4


def test_a_manager_whom_the_reader_may_not_see_is_withheld_and_named(company: Company, ask: Ask) -> None:
    query = "{ viewer { employee { managerName manager { job } } } }"
    answer = ask("Ann Archer", query)

    assert answer["data"]["viewer"]["employee"] == {"managerName": "Max Weber", "manager": None}
    assert codes(answer) == ["FORBIDDEN"]


def test_services_reach_what_their_scope_names(company: Company, ask: Ask) -> None:
    query = "query ($c: ID!) { employees(first: 1) { totalCount } sections(cycle: $c, first: 1) { totalCount } }"
    cycle = to_global(Kind.CYCLE, company.cycle.id)

    assert ask("people service", query, c=cycle)["data"] == {"employees": {"totalCount": 9}, "sections": None}
    assert ask("sections service", query, c=cycle)["data"] == {"employees": None, "sections": {"totalCount": 0}}
