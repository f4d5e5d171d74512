"""Tasks, answers, objections and calibration as query text and answers, on both kinds of database."""

from typing import Any

from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import may_read_evidence
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.web import create_app

OWED = "{ viewer { tasks { kind employeeName cycleName due } } }"
DONE = "{ section { state version revision } userErrors { code path } }"


class Person:
    """Sends mutations about one section in somebody's name."""

    def __init__(self, company: Company, ask: Ask, of: str) -> None:
        self.company, self.ask, self.of = company, ask, of

    @property
    def key(self) -> str:
        return to_global(Kind.SECTION, self.company.section(self.of).section.id)

    def item(self, at: int) -> str:
        return to_global(Kind.ITEM, self.company.section(self.of).section.items[at].id)

    def does(self, who: str, what: str, **fields: Any) -> Any:
        version = self.company.section(self.of).section.version
        kind = f"{what[0].upper()}{what[1:]}Input"
        query = f"mutation ($i: {kind}!) {{ {what}(input: $i) {DONE} }}"
        answer = self.ask(who, query, i={"sectionId": self.key, "expectedVersion": version, **fields})
        return codes(answer) or answer["data"][what]

    def handed_in(self, by: str = "Max Weber", rating: int = 3) -> None:
        for at, item in enumerate(self.company.section(self.of).section.items):
            if item.is_open:
                self.does(by, "rateItem", itemId=self.item(at), rating=rating)
        self.does(by, "submitSection")

    def shared(self) -> None:
        self.handed_in()
        self.does("Hal Novak", "approveSection")
        self.does("Hal Novak", "shareSection")


def owed(ask: Ask, who: str) -> list[tuple[str, str]]:
    return sorted((task["employeeName"], task["kind"]) for task in ask(who, OWED)["data"]["viewer"]["tasks"])


def test_everybody_reads_what_is_theirs_to_do(company: Company, ask: Ask) -> None:
    person = Person(company, ask, "Ben Castellanos")
    assert owed(ask, "Ben Castellanos") == [("Ben Castellanos", "ASSESS_SELF")]
    assert owed(ask, "Max Weber") == [
        ("Ann Archer", "RATE"),
        ("Ben Castellanos", "RATE"),
        ("Cem Yıldız", "RATE"),
        ("Max Weber", "ASSESS_SELF"),
    ]
    person.shared()
    (task,) = ask("Ben Castellanos", OWED)["data"]["viewer"]["tasks"]

    assert task == {"kind": "ANSWER", "employeeName": "Ben Castellanos", "cycleName": "2025", "due": "2026-03-15"}
    assert owed(ask, "sections service") == []


def test_a_dispute_goes_from_the_employee_to_a_new_revision(company: Company, ask: Ask) -> None:
    person = Person(company, ask, "Ben Castellanos")
    person.shared()
    filing = {"itemId": person.item(0), "kind": "RATING"}
    empty = person.does("Ben Castellanos", "fileDispute", **filing, comment=" ")
    filed = person.does("Ben Castellanos", "fileDispute", **filing, comment="see March")
    query = "query ($id: ID!) { section(id: $id) { disputes { id state comment reviewerId decideBy } allowedActions } }"
    (dispute,) = ask("Dora Lindqvist", query, id=person.key)["data"]["section"]["disputes"]
    decided = person.does(
        "Dora Lindqvist", "decideDispute", disputeId=dispute["id"], outcome="UPHELD", rating=4, reason="March counts"
    )

    assert empty == {"section": None, "userErrors": [{"code": "COMMENT_MISSING", "path": ["input", "comment"]}]}
    assert filed["section"]["state"] == "DISPUTED"
    assert (dispute["comment"], dispute["decideBy"]) == ("see March", "2026-03-15")
    assert dispute["reviewerId"] == to_global(Kind.EMPLOYEE, company.ids["Dora Lindqvist"])
    assert (decided["section"]["state"], decided["section"]["revision"]) == ("CALIBRATED", 2)
    assert person.does("Max Weber", "decideDispute", disputeId=dispute["id"], outcome="DECLINED", reason="x") == [
        "FORBIDDEN"
    ]


def test_events_that_are_not_kept_any_more_are_said_to_be_gone_and_programs_read_none(
    company: Company, ask: Ask
) -> None:
    """The company of the tests was scored without any."""
    query = "query ($id: ID!) { section(id: $id) { state evidence(first: 5) { totalCount } } }"
    key = Person(company, ask, "Ben Castellanos").key

    answers = {who: ask(who, query, id=key) for who in ("Ben Castellanos", "Max Weber")}
    assert {who: (codes(one), one["data"]["section"]["evidence"]) for who, one in answers.items()} == dict.fromkeys(
        answers, (["NOT_FOUND"], None)
    )
    assert may_read_evidence(company.principal("Max Weber"))
    assert not may_read_evidence(company.principal("sections service"))


def test_a_session_calibrates_and_the_employee_reads_what_it_moved(company: Company, ask: Ask) -> None:
    person = Person(company, ask, "Ben Castellanos")
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    rules = """mutation ($c: ID!) { setCycleRules(input: {cycleId: $c, expectedState: OPEN, rules: {calibrates: true}}) {
      userErrors { code } } }"""
    ask("Hal Novak", rules, c=cycle)
    person.handed_in()
    assert person.does("Hal Novak", "approveSection")["userErrors"][0]["code"] == "CALIBRATION_NEEDED"
    opening = """mutation ($i: OpenCalibrationInput!) { openCalibration(input: $i) {
      session { id state sectionIds } userErrors { code } } }"""
    early = ask("Hal Novak", opening, i={"cycleId": cycle, "name": "Service", "sectionIds": [person.key]})
    advance = """mutation ($c: ID!) { advanceCycle(input: {cycleId: $c, expectedState: OPEN}) { cycle { state } } }"""
    ask("Hal Novak", advance, c=cycle)
    opened = ask("Hal Novak", opening, i={"cycleId": cycle, "name": "Service", "sectionIds": [person.key]})
    session = opened["data"]["openCalibration"]["session"]
    moving = {"sessionId": session["id"], "itemId": person.item(0), "reason": "as peers"}
    person.does("Hal Novak", "calibrateItem", **moving, rating=5)
    locking = "mutation ($s: ID!) { lockCalibration(input: {sessionId: $s}) { session { state } } }"
    locked = ask("Hal Novak", locking, s=session["id"])
    person.does("Hal Novak", "shareSection")
    query = (
        "query ($id: ID!) { section(id: $id) { calibrationMoves { before after reason isOutside } readers { name } } }"
    )
    read = ask("Ben Castellanos", query, id=person.key)["data"]["section"]

    assert early["data"]["openCalibration"] == {"session": None, "userErrors": [{"code": "CYCLE_STATE"}]}
    assert locked["data"]["lockCalibration"] == {"session": {"state": "LOCKED"}}
    assert read["calibrationMoves"] == [{"before": 3, "after": 5, "reason": "as peers", "isOutside": True}]
    assert {reader["name"] for reader in read["readers"]} >= {"Otto Brandt"}
    assert codes(ask("Max Weber", query, id=person.key)) == ["FORBIDDEN"]


def test_managers_read_how_lenient_they_are_and_nobody_else_does(deployment: Deployment) -> None:
    """Levels are 3. Four people rated 4 and one rated 3: 0.8 on average, and by Student's table ± 2.776 · 0.4472/√5."""
    company = build(deployment, others=5)
    query = "{ viewer { ratingHabit { sections mean lower upper } } }"
    with TestClient(create_app(deployment, Settings(), lambda: AT)) as client:

        def ask(who: str, query: str, **variables: Any) -> Any:
            headers = {"authorization": f"Bearer {tokens[who]}"}
            return client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()

        tokens = {who: company.token(who) for who in ("Nia Okafor", "Dora Lindqvist")}
        before = ask("Nia Okafor", query)["data"]["viewer"]["ratingHabit"]
        for number in range(5):
            Person(company, ask, f"Agent {number:03d}").handed_in("Nia Okafor", rating=4 if number else 3)
        habits = {who: ask(who, query)["data"]["viewer"]["ratingHabit"] for who in tokens}

    assert before is None
    assert habits == {
        "Nia Okafor": {"sections": 5, "mean": "0.8", "lower": "0.24", "upper": "1.36"},
        "Dora Lindqvist": None,
    }
