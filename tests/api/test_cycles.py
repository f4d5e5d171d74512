"""Cycles from the plan to the archive, as query text and answers, on both kinds of database."""

from datetime import timedelta
from typing import Any

from tests.api.builder import AT, Company, finalise
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.storage import outbox

PLAN = """mutation ($i: PlanCycleInput!) { planCycle(input: $i) { cycle { id name state externalReference
  rules { calibrates responseDays mostDisputes rateBy hostScale { lowest highest step } } } userErrors { code path } } }"""
ADVANCE = (
    """mutation ($i: AdvanceCycleInput!) { advanceCycle(input: $i) { cycle { state } userErrors { code message } } }"""
)
RULES = """mutation ($i: SetCycleRulesInput!) { setCycleRules(input: $i) { cycle { rules { hostScale { step } } }
  userErrors { code path } } }"""
CANCEL = """mutation ($i: CancelCycleInput!) { cancelCycle(input: $i) { cycle { state } userErrors { code path } } }"""
ABOUT = """query ($id: ID!) { cycle(id: $id) { state allowedActions sectionCounts { state count }
  nextStage { state problem }
  readiness { ready missing { name employee { name section(cycle: $id) { id } } obstacles { obstacle } } } } }"""
TOTALS = "query ($id: ID!) { section(id: $id) { total hostTotal { value lowest highest step } } }"
SCALE = {"lowest": "0", "highest": "100", "step": "1"}


def test_a_cycle_is_planned_opened_and_called_off(company: Company, ask: Ask) -> None:
    plan = {
        "name": "2026",
        "start": "2026-01-01",
        "end": "2027-01-01",
        "rules": {"calibrates": True, "hostScale": SCALE},
        "externalReference": {"namespace": "frappe:cycle", "value": "HR-APR-2026"},
    }
    made = ask("Hal Novak", PLAN, i=plan)["data"]["planCycle"]["cycle"]
    opened = [ask("Hal Novak", ADVANCE, i={"cycleId": made["id"], "expectedState": "PLANNED"}) for _ in range(2)]
    silent = ask("Hal Novak", CANCEL, i={"cycleId": made["id"], "expectedState": "OPEN", "reason": " "})
    gone = ask("Hal Novak", CANCEL, i={"cycleId": made["id"], "expectedState": "OPEN", "reason": "merger"})

    assert {key: made[key] for key in ("name", "state", "externalReference", "rules")} == {
        "name": "2026",
        "state": "PLANNED",
        "externalReference": "HR-APR-2026",
        "rules": {"calibrates": True, "responseDays": 14, "mostDisputes": 2, "rateBy": None, "hostScale": SCALE},
    }
    assert opened[0]["data"]["advanceCycle"]["cycle"] == {"state": "OPEN"}
    assert opened[1]["data"]["advanceCycle"]["userErrors"][0]["code"] == "VERSION_CONFLICT"
    assert silent["data"]["cancelCycle"]["userErrors"] == [{"code": "REASON_MISSING", "path": ["input", "reason"]}]
    assert gone["data"]["cancelCycle"]["cycle"] == {"state": "CANCELLED"}
    with company.deployment.database.reading() as session:
        told = [
            one.facts for one in outbox.since(session, AT - timedelta(days=1)) if one.notice == "cycle.state_changed"
        ]
    assert [(one["stateBefore"], one["state"]) for one in told] == [("PLANNED", "OPEN"), ("OPEN", "CANCELLED")]


def test_a_cycle_closes_when_nothing_of_it_is_open_and_the_check_says_what_is(company: Company, ask: Ask) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)

    def advanced(state: str) -> Any:
        return ask("Hal Novak", ADVANCE, i={"cycleId": cycle, "expectedState": state})["data"]["advanceCycle"]

    assert [advanced(state)["cycle"]["state"] for state in ("OPEN", "SCORING")] == ["SCORING", "SHARING"]
    refused = advanced("SHARING")["userErrors"]
    about = ask("Otto Brandt", ABOUT, id=cycle)["data"]["cycle"]

    assert refused[0]["code"] == "STILL_OPEN"
    assert about["sectionCounts"] == [{"state": "COLLECTING", "count": 5}]
    assert about["nextStage"] == {"state": "CLOSED", "problem": refused[0]["message"]}
    assert about["allowedActions"] == []
    acting = ask("Hal Novak", "query ($id: ID!) { cycle(id: $id) { allowedActions } }", id=cycle)["data"]["cycle"]
    assert acting["allowedActions"] == ["ADVANCE", "SCORE"]
    assert [one["employee"] for one in about["readiness"]["missing"]] == [
        {"name": one["name"], "section": None} for one in about["readiness"]["missing"]
    ]
    missing = {
        person["name"]: [one["obstacle"] for one in person["obstacles"]] for person in about["readiness"]["missing"]
    }
    assert missing == {
        name: ["NOT_SCORED", "NO_MANAGER"] for name in ("Dora Lindqvist", "Hal Novak", "Otto Brandt", "Vera Lund")
    }
    assert codes(ask("Max Weber", ABOUT, id=cycle)) == ["FORBIDDEN"] * 3


def test_a_total_is_shown_as_the_host_will_have_it(company: Company, ask: Ask) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    rules = {"hostScale": SCALE}
    bad = ask("Hal Novak", RULES, i={"cycleId": cycle, "expectedState": "OPEN", "rules": {"responseDays": 99}})
    done = ask("Hal Novak", RULES, i={"cycleId": cycle, "expectedState": "OPEN", "rules": rules})
    section = company.section("Ben Castellanos").section
    rate = """mutation ($i: RateItemInput!) { rateItem(input: $i) { userErrors { code } } }"""
    for at, rating in ((0, 3), (1, 4), (3, 3)):
        change = {
            "sectionId": to_global(Kind.SECTION, section.id),
            "itemId": to_global(Kind.ITEM, section.items[at].id),
        }
        version = company.section("Ben Castellanos").section.version
        ask("Max Weber", rate, i=change | {"rating": rating, "expectedVersion": version})
    shown = ask("Max Weber", TOTALS, id=to_global(Kind.SECTION, section.id))["data"]["section"]

    assert bad["data"]["setCycleRules"]["userErrors"] == [{"code": "OUT_OF_RANGE", "path": ["input", "responseDays"]}]
    assert done["data"]["setCycleRules"]["cycle"] == {"rules": {"hostScale": {"step": "1"}}}
    # (3 + 4 + 3) / 3 of 1 to 5 lies at 58.3 of 0 to 100.
    assert shown == {"total": "3.33", "hostTotal": {"value": "58", **SCALE}}


def test_a_cycle_is_moved_to_other_days_and_not_to_none(company: Company, ask: Ask) -> None:
    move = (
        """mutation ($i: MoveCycleInput!) { moveCycle(input: $i) { cycle { start end } userErrors { code path } } }"""
    )
    wanted = {"cycleId": to_global(Kind.CYCLE, company.cycle.id), "expectedState": "OPEN", "start": "2025-02-01"}
    answers = [ask("Hal Novak", move, i=wanted | {"end": end}) for end in ("2026-02-01", "2026-02-01", "2025-02-01")]
    done, again, empty = answers

    assert done["data"]["moveCycle"]["cycle"] == {"start": "2025-02-01", "end": "2026-02-01"}, answers
    assert again["data"]["moveCycle"]["userErrors"] == [{"code": "ALREADY_DONE", "path": ["input", "start"]}]
    assert codes(empty) == ["BAD_USER_INPUT"]


def test_earlier_revisions_are_read(company: Company, ask: Ask) -> None:
    section = company.section("Ann Archer").section
    rate = """mutation ($i: RateItemInput!) { rateItem(input: $i) { userErrors { code } } }"""
    submit = """mutation ($i: SubmitSectionInput!) { submitSection(input: $i) { userErrors { code } } }"""
    key = to_global(Kind.SECTION, section.id)
    for at in (0, 1, 3):
        if section.items[at].is_open:
            version = company.section("Ann Archer").section.version
            item = to_global(Kind.ITEM, section.items[at].id)
            ask("Max Weber", rate, i={"sectionId": key, "itemId": item, "rating": 3, "expectedVersion": version})
    version = company.section("Ann Archer").section.version
    ask("Max Weber", submit, i={"sectionId": key, "expectedVersion": version})
    finalise(company, "Ann Archer", version + 1)
    query = """query ($id: ID!) { section(id: $id) { revisions { revision state isSuperseded endedAt total }
      asOf(at: "2026-03-01T12:00:00Z") { revision items { rating } acknowledgement { stance } } } }"""
    found = ask("Ann Archer", query, id=key)["data"]["section"]

    assert found["revisions"] == [
        {"revision": 1, "state": "FINALISED", "isSuperseded": False, "endedAt": None, "total": "3.00"}
    ]
    assert found["asOf"]["acknowledgement"] == {"stance": "NO_RESPONSE"}
    then = """query ($cycle: ID!) { sectionsAsOf(cycle: $cycle, asOf: "2026-03-01T12:00:00Z", first: 1) {
      totalCount pageInfo { endCursor } edges { node { sectionId employeeName job revision { revision total } } } } }"""
    listed = ask("Ann Archer", then, cycle=to_global(Kind.CYCLE, section.cycle))["data"]["sectionsAsOf"]
    (edge,) = listed["edges"]
    assert (listed["totalCount"], edge["node"]["sectionId"]) == (1, key)
    assert (edge["node"]["employeeName"], edge["node"]["revision"]) == ("Ann Archer", {"revision": 1, "total": "3.00"})
