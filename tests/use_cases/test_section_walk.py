"""Random walks through the whole workflow by random people, against the rules written a second time as a table.

The table below was written from the agreed transitions and permissions, not from the code: who may take a step, from which
states, and where it leads. Guards that need a memory (released, proposed, handed in, disputed) are in `Model`.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.use_cases.conftest import AT, Company

from appraise.domain.access import Principal, Role
from appraise.domain.delegations import NamedDelegation
from appraise.domain.disputes import DisputeKind, DisputeState
from appraise.domain.periods import Period
from appraise.domain.reading import ViewedSection
from appraise.domain.section_course import ExemptionReason, ReopeningReason, Stance
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.assess_item import assess_item
from appraise.use_cases.decide_dispute import decide_dispute
from appraise.use_cases.delegate import Wanted, end_delegation, name_delegate, read_delegations
from appraise.use_cases.end_exemption import end_exemption
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_sections import get_section, section_of
from appraise.use_cases.release_section import release_section
from appraise.use_cases.reopen_section import reopen_section
from appraise.use_cases.return_section import return_section
from appraise.use_cases.share_section import share_section
from appraise.use_cases.stand_ins import standing_in
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.submit_self_assessment import submit_self_assessment
from appraise.use_cases.verify_audit import verify_audit
from appraise.use_cases.void_section import void_section
from appraise.use_cases.withdraw_reopening import withdraw_reopening

# step: (who may, from which states, to which; a blank stays)
TABLE = {
    "rate": ("max", "COLLECTING DRAFT REOPENED", "DRAFT"),
    "assess": ("ann", "COLLECTING DRAFT SUBMITTED", ""),
    "hand in": ("ann", "COLLECTING DRAFT SUBMITTED", ""),
    "submit": ("max", "DRAFT", "SUBMITTED"),
    "return": ("dora hal hedy", "SUBMITTED", "DRAFT"),
    "approve": ("dora hal hedy", "SUBMITTED", "CALIBRATED"),
    "release": ("hal hedy", "CALIBRATED", ""),
    "share": ("max dora hal hedy", "CALIBRATED", "SHARED"),
    "acknowledge": ("ann", "SHARED", "ACKNOWLEDGED"),
    "finalise": ("hal hedy", "SHARED ACKNOWLEDGED", "FINALISED"),
    "propose": ("hal hedy", "FINALISED", ""),
    "withdraw": ("hal hedy", "FINALISED", ""),
    "reopen": ("hal hedy", "FINALISED", "REOPENED"),
    "exempt": ("hal hedy", "COLLECTING DRAFT", "EXEMPT"),
    "end exemption": ("hal hedy", "EXEMPT", "COLLECTING"),
    "void": ("hal hedy", "COLLECTING", "VOID"),
    "dispute": ("ann", "SHARED DISPUTED", "DISPUTED"),
    "decline": ("dora hal hedy", "DISPUTED", "SHARED"),
    "uphold": ("dora hal hedy", "DISPUTED", "CALIBRATED"),
}
PEOPLE = ("ann", "max", "dora", "hal", "hedy", "ben", "otto")
BY_A_DELEGATE = {"": "", "prepares": "rate", "hands in": "rate submit"}
"""What Ben, who reports to Max as Ann does, may do for him; without that Ann's section is not there for Ben."""
OF_THE_LINE = {"ann", "max", "dora", "ben"}
OFFERED = {
    "rate": "RATE",
    "assess": "ASSESS_SELF",
    "submit": "SUBMIT",
    "return": "RETURN",
    "approve": "APPROVE",
    "release": "RELEASE",
    "share": "SHARE",
    "acknowledge": "ACKNOWLEDGE",
    "finalise": "FINALISE",
    "propose": "PROPOSE_REOPENING",
    "withdraw": "WITHDRAW_REOPENING",
    "reopen": "REOPEN",
    "exempt": "EXEMPT",
    "end exemption": "END_EXEMPTION",
    "void": "VOID",
    "dispute": "DISPUTE",
    "decline": "DECIDE_DISPUTE",
}
CLAIMS = {"CLAIM", "DECIDE_CLAIM"}
UNLIKELY = {"void", "exempt"}
STEPS = sorted(set(TABLE) - UNLIKELY) * 3 + sorted(UNLIKELY)


@dataclass(frozen=True)
class Model:
    """What the rules remember of one section."""

    state: str = "COLLECTING"
    version: int = 1
    revision: int = 1
    is_rated: bool = False
    has_assessed: bool = False
    is_handed_in: bool = False
    is_released: bool = False
    proposed_by: str | None = None
    rated_by: frozenset[str] = frozenset()
    submitted_by: str | None = None
    open_dispute: bool = False
    disputes: int = 0
    ben: str = ""
    rated_at: int = 0
    assessed_at: int = 0
    worked_at: int = 1

    def is_stale(self, step: str, version: int) -> bool:
        """Whether somebody changed since then what the step rests on."""
        latest = {"rate": self.rated_at, "assess": self.assessed_at, "hand in": self.assessed_at}
        return version < latest.get(step, self.worked_at)

    def sees(self, who: str) -> bool:
        return not (who == "ben" and not self.ben) and not (self.state == "VOID" and who in OF_THE_LINE)

    def may(self, step: str, who: str) -> bool:
        return who in TABLE[step][0].split() or (who == "ben" and step in BY_A_DELEGATE[self.ben].split())

    def outcome(self, step: str, who: str) -> "Model | str":
        """The next model, or why not."""
        _, states, to = TABLE[step]
        if not self.sees(who):
            return "NOT_FOUND"
        if not self.may(step, who):
            return "FORBIDDEN"
        if self.state not in states.split():
            return "WRONG_STATE"
        return self._refusal(step, who) or self._after(step, who, to or self.state)

    def is_offered(self, step: str, who: str) -> bool:
        """Whether a page draws a button for it: what the form lacks is found out later."""
        if not (self.sees(who) and self.may(step, who)) or self.state not in TABLE[step][1].split():
            return False
        if step in {"decline", "uphold"}:
            return self.open_dispute
        return step in {"submit", "dispute"} or self._refusal(step, who) is None

    def _refusal(self, step: str, who: str) -> str | None:
        has_scored = who in {*self.rated_by, self.submitted_by}
        reasons = {
            "assess": self.is_handed_in and "ALREADY_DONE",
            "hand in": (self.is_handed_in and "ALREADY_DONE") or (not self.has_assessed and "NOTHING_TO_HAND_IN"),
            "submit": not self.is_rated and "ITEM_OPEN",
            "release": self.is_released and "ALREADY_DONE",
            "share": not self.is_released and who in {"max", "dora"} and "NOT_RELEASED",
            "propose": self.proposed_by is not None and "ALREADY_DONE",
            "withdraw": self.proposed_by is None and "NOT_PROPOSED",
            "reopen": (self.proposed_by is None and "NOT_PROPOSED") or (self.proposed_by == who and "SECOND_PERSON"),
            "dispute": (self.open_dispute and "ALREADY_DONE") or (self.disputes >= 2 and "TOO_MANY"),
            "void": self.revision > 1 and "WRONG_STATE",
            "approve": has_scored and "SECOND_PERSON",
            "decline": has_scored and "NOT_NEUTRAL",
            "uphold": has_scored and "NOT_NEUTRAL",
        }
        return reasons.get(step, False) or None

    def _after(self, step: str, who: str, to: str) -> "Model":
        next_revision = {"revision": self.revision + 1, "disputes": 0}
        remembered: dict[str, dict[str, Any]] = {
            "rate": {"is_rated": True, "rated_by": self.rated_by | {who}, "rated_at": self.version + 1},
            "assess": {"has_assessed": True, "assessed_at": self.version + 1, "worked_at": self.worked_at},
            "hand in": {"is_handed_in": True, "worked_at": self.worked_at},
            "submit": {"submitted_by": who},
            "release": {"is_released": True},
            "share": {"is_released": True},
            "propose": {"proposed_by": who},
            "withdraw": {"proposed_by": None},
            "reopen": {"proposed_by": None, **next_revision},
            "dispute": {"open_dispute": True, "disputes": self.disputes + 1},
            "decline": {"open_dispute": False},
            "uphold": {
                "open_dispute": False,
                "rated_by": self.rated_by | {who},
                "rated_at": self.version + 1,
                **next_revision,
            },
        }
        told = {"state": to, "version": self.version + 1, "worked_at": self.version + 1}
        return replace(self, **(told | remembered.get(step, {})))


@dataclass
class Hands:
    """Takes steps in the product."""

    company: Company
    section: Any = None
    ratings: Iterator[int] = field(default_factory=lambda: (2 + n % 3 for n in count()))

    def principal(self, who: str) -> Principal:
        if who == "hedy":
            return Principal("Hedy", self.company.ids["vera"], frozenset({Role.HR_ADMINISTRATOR}))
        with self.company.deployment.database.reading() as session:
            return standing_in(session, self.company.principal(who), at=AT)

    def stand_in(self, how: str) -> None:
        """Max ends what he said before, and says how Ben stands in for him."""
        deployment, max_ = self.company.deployment, self.company.principal("max")
        for before in read_delegations(deployment, max_, at=AT):
            end_delegation(deployment, max_, before.delegation.id, at=AT)
        if how:
            today = AT.date()
            wanted = Wanted(self.company.ids["ben"], today, today, may_submit=how == "hands in")
            assert isinstance(name_delegate(deployment, max_, wanted, at=AT), NamedDelegation)

    def take(self, step: str, who: str, version: int) -> "ViewedSection | str":
        act, keys, fields = self._of(step)
        try:
            outcome = act(
                self.company.deployment,
                self.principal(who),
                self.section.id,
                *keys,
                **fields,
                expected_version=version,
                at=AT,
            )
        except Forbidden:
            return "FORBIDDEN"
        except NotFound:
            return "NOT_FOUND"
        return outcome.code if isinstance(outcome, Refusal) else outcome

    def _of(self, step: str) -> tuple[Callable[..., ViewedSection | Refusal], list[Any], dict[str, Any]]:
        item = self.section.items[0].id
        plain: dict[str, tuple[Callable[..., ViewedSection | Refusal], dict[str, Any]]] = {
            "hand in": (submit_self_assessment, {}),
            "submit": (submit_section, {}),
            "return": (return_section, {"reason": "x"}),
            "approve": (approve_section, {}),
            "release": (release_section, {}),
            "share": (share_section, {}),
            "acknowledge": (acknowledge_section, {"stance": Stance.AGREE, "comment": None}),
            "finalise": (finalise_section, {"reason": "x"}),
            "propose": (propose_reopening, {"reason": ReopeningReason.ERROR, "note": "x"}),
            "withdraw": (withdraw_reopening, {"reason": "x"}),
            "reopen": (reopen_section, {}),
            "exempt": (exempt_section, {"reason": ExemptionReason.LEAVE, "note": None}),
            "end exemption": (end_exemption, {}),
            "void": (void_section, {"reason": "x"}),
        }
        if step in plain:
            return plain[step][0], [], plain[step][1]
        if step in {"rate", "assess"}:
            return (rate_item if step == "rate" else assess_item), [item], {"rating": 3, "comment": "x"}
        if step == "dispute":
            return file_dispute, [item], {"kind": DisputeKind.RATING, "evidence": None, "comment": "x"}
        outcome = DisputeState.DECLINED if step == "decline" else DisputeState.UPHELD
        fields = {"outcome": outcome, "rating": self._other_rating(), "reason": "x"}
        return decide_dispute, [self._dispute()], fields

    def _other_rating(self) -> int:
        now = self.company.section("ann").section.items[0].rating
        return next(rating for rating in self.ratings if rating != now)

    def _dispute(self) -> str:
        """The open one; where there is none, an id that there is not."""
        known = read_beside(
            self.company.deployment,
            get_section(self.company.deployment, self.principal("otto"), self.section.id, at=AT),
        ).disputes
        return next((one.id for one in known if one.is_open), "none")


class Walk(RuleBasedStateMachine):
    numbers = count()
    company: Company
    looked_at: set[Model]

    def __init__(self) -> None:
        super().__init__()
        period = Period(AT.date().replace(year=2025, month=1, day=1), AT.date().replace(month=1, day=1))
        cycle = open_cycle(self.company.deployment, f"walk {next(self.numbers)}", period, at=AT)
        company = replace(self.company, cycle=cycle)
        company.scored()
        self.hands = Hands(company, company.section("ann").section)
        self.hands.stand_in("")
        self.model = Model()

    def expected(self, step: str, who: str) -> "Model | str":
        """A decision about a dispute that is not there is an unknown one to whoever asks."""
        if step in {"decline", "uphold"} and not self.model.open_dispute:
            return "NOT_FOUND"
        return self.model.outcome(step, who)

    @rule(step=st.sampled_from(STEPS), who=st.sampled_from(PEOPLE))
    def step(self, step: str, who: str) -> None:
        self._take(step, who)

    @rule(data=st.data())
    def step_that_is_possible(self, data: st.DataObject) -> None:
        """So that walks come far."""
        possible = [
            (step, who)
            for step in TABLE
            if step not in UNLIKELY
            for who in PEOPLE
            if isinstance(self.expected(step, who), Model)
        ]
        if possible:
            self._take(*data.draw(st.sampled_from(possible)))

    @rule(how=st.sampled_from(sorted(BY_A_DELEGATE)))
    def max_says_how_ben_stands_in(self, how: str) -> None:
        self.hands.stand_in(how)
        self.model = replace(self.model, ben=how)

    def _take(self, step: str, who: str, *, read: int | None = None) -> None:
        wanted = self.expected(step, who)
        found = self.hands.take(step, who, self.model.version if read is None else read)

        if isinstance(wanted, str):
            assert found == wanted, (step, who, self.model)
        else:
            assert isinstance(found, ViewedSection), (step, who, found, self.model)
            self.model = wanted

    @rule(step=st.sampled_from(STEPS), who=st.sampled_from(PEOPLE))
    def step_on_what_was_read_before_others_changed_it(self, step: str, who: str) -> None:
        before = self.model.version - 1
        if not self.model.is_stale(step, before):
            self._take(step, who, read=before)
            return
        found = self.hands.take(step, who, before)

        if self.model.may(step, who) and not (step in {"decline", "uphold"} and not self.model.open_dispute):
            assert found == ("VERSION_CONFLICT" if self.model.sees(who) else "NOT_FOUND")
        else:
            assert found in {"FORBIDDEN", "NOT_FOUND"}

    @precondition(lambda self: self.model.state == "DRAFT" and self.model.is_rated)
    @rule()
    def two_at_once(self) -> None:
        """Max hands in twice at the same moment: it is done once."""
        version, outcomes = self.model.version, list[object]()

        def send() -> None:
            outcomes.append(self.hands.take("submit", "max", version))

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [outcome for outcome in outcomes if isinstance(outcome, ViewedSection)]
        assert (len(won), [o for o in outcomes if isinstance(o, str)]) == (1, ["VERSION_CONFLICT"])
        self.model = self.model.outcome("submit", "max")  # type: ignore[assignment]

    @invariant()
    def the_section_is_where_the_table_says(self) -> None:
        section = self.hands.company.section("ann").section
        found = (section.state.value, section.version, section.revision)
        assert found == (self.model.state, self.model.version, self.model.revision)

    @invariant()
    def everybody_is_offered_what_the_table_allows(self) -> None:
        """Looked at once for each kind of situation, as it takes a read by everybody."""
        situation = replace(self.model, version=0, revision=0)
        if situation in self.looked_at:
            return
        self.looked_at.add(situation)
        company = self.hands.company
        for who in PEOPLE:
            seen = section_of(
                company.deployment, self.hands.principal(who), company.ids["ann"], company.cycle.id, at=AT
            )
            offered = set() if seen is None else {action.value for action in seen.allowed_actions} - CLAIMS
            assert offered == {OFFERED[step] for step in OFFERED if self.model.is_offered(step, who)}, (who, situation)

    def teardown(self) -> None:
        assert verify_audit(self.company.deployment).first_break is None


@pytest.mark.parametrize("walks", [10, pytest.param(40, marks=pytest.mark.long)])
def test_every_walk_goes_where_the_table_says(company: Company, walks: int) -> None:
    machine = type("WalkOfThis", (Walk,), {"company": company, "looked_at": set()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
