"""How the fields of employees and sections are written from single columns, where no object is needed between.

Each says the same as the field's resolver; what has no entry here is left to the resolver. The columns are those of
`appraise.storage.excerpts`; numbers in them are text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from appraise.api.scalars import decimal_text, instant_text
from appraise.api.types.estimates import EvidenceType, MoneyType
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.access import Principal, sees_ratings
from appraise.domain.employees import EmploymentStatus
from appraise.domain.excerpts import Columns
from appraise.domain.explanations import absence_sentence, verdict_of
from appraise.domain.global_ids import Kind, encoder
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import definition_of
from appraise.domain.language import retold, speech
from appraise.domain.profiles import told
from appraise.domain.scorecards import Absence, AbsenceKind, Money, side_of
from appraise.domain.section_states import SectionState
from appraise.domain.sections import shown_total, total_of
from appraise.storage.documents import evidence_from

REMEMBERED: Final = 4_096
"""Judgements and sentences, of which pages have many alike."""


@dataclass(frozen=True, slots=True)
class Made:
    """A leaf, ready to be sent: what `by` makes of the columns; without it the one column as it is.

    `of_viewer`: `by` takes the principal first.
    """

    columns: Columns
    by: Callable[..., Any] | None = None
    of_viewer: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """An object as its resolver gives it, made of the columns.

    `is_repeated`: there are few different ones in an answer, and each is completed once in a language.
    """

    columns: Columns
    by: Callable[..., Any]
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Another type that is written from the same columns; null where the column `given` is, if there is one."""

    kind: str
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Either:
    """One of two types, written from the same columns: `kind` where the column `given` is not null."""

    kind: str
    given: str
    other: str


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a section."""


@dataclass(frozen=True, slots=True)
class OfItems:
    """A leaf that is made of these columns of a section's items.

    `of` are columns of the section; where there are any, `by` takes the principal and these first. `is_figure`: it is
    one of an individual, whose reading is audited, as that of items.
    """

    columns: Columns
    by: Callable[..., Any]
    of: Columns = ()
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class InCycle:
    """The section of an employee in the cycle that an argument names."""


Written = Made | Whole | Part | Either | Items | OfItems | InCycle


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _moment(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)


@lru_cache(REMEMBERED)
def _is_better(lower_90: str, expected: str, upper_90: str, probability: str) -> bool | None:
    return side_of(Decimal(lower_90), Decimal(expected), Decimal(upper_90), Decimal(probability))


def _verdict(lower_90: str, expected: str, upper_90: str, probability: str) -> str:
    return _said(_is_better(lower_90, expected, upper_90, probability), probability, speech().tag)


@lru_cache(REMEMBERED)
def _said(is_better: bool | None, probability: str, _language: str) -> str:  # noqa: FBT001  # three-valued
    return verdict_of(is_better, Decimal(probability))


def _evidence(indicator: str, document: Any) -> EvidenceType | None:
    return None if document is None else EvidenceType.of(IndicatorKey(indicator), evidence_from(document))


def _money(amount: int, lower: int, upper: int, currency: str | None) -> MoneyType | None:
    return None if currency is None else MoneyType.of(Money(amount, lower, upper, currency, None))


def _absence(indicator: str, kind: str, reason: str, document: Any) -> str:
    evidence = None if document is None else evidence_from(document)
    return absence_sentence(Absence(IndicatorKey(indicator), AbsenceKind(kind), reason, evidence))


def _reason(reason: str | None) -> str | None:
    return None if reason is None else retold(reason)


def _indicator(key: str) -> IndicatorDefinitionType:
    return IndicatorDefinitionType.of(definition_of(IndicatorKey(key)))


def _visible(principal: Principal, employee: str, state: str) -> bool:
    return sees_ratings(principal, EmployeeId(employee), SectionState(state))


def _is_own(principal: Principal, employee: str) -> bool:
    return principal.employee == employee


def _total(_principal: Principal, floor: str, items: Sequence[Sequence[Any]]) -> str | None:
    """Ratings that are withheld are not in the columns."""
    if _observed(items) < Decimal(floor):
        return None
    total = total_of([(Decimal(weight), rating) for weight, _, rating in items if rating is not None])
    return None if total is None else decimal_text(shown_total(total))


def _observed_weight(items: Sequence[Sequence[Any]]) -> str:
    return decimal_text(_observed(items))


def _observed(items: Sequence[Sequence[Any]]) -> Decimal:
    return sum((Decimal(weight) for weight, absence, *_ in items if absence is None), Decimal(0))


def _to_rate(principal: Principal, employee: str, state: str, items: Sequence[Sequence[Any]]) -> int | None:
    if not _visible(principal, employee, state):
        return None
    return sum(rating is None and absence is None and Decimal(weight) > 0 for weight, absence, rating in items)


SIDE: Final = ("lower_90", "expected", "upper_90", "probability_better")
MONEY: Final = ("money_amount", "money_lower", "money_upper", "money_currency")
STATUS: Final = {status.value: status.name for status in EmploymentStatus}

FIELDS: Final[dict[str, dict[str, Written]]] = {
    "Employee": {
        "id": Made(("id",), encoder(Kind.EMPLOYEE)),
        "name": Made(("name",)),
        "job": Made(("job",)),
        "department": Part("Department", given="department_code"),
        "status": Made(("status",), STATUS.__getitem__),
        "since": Made(("since",), _day),
        "managerName": Made(("manager_name",)),
        "section": InCycle(),
    },
    "Department": {
        "id": Made(("department_code",), encoder(Kind.DEPARTMENT)),
        "code": Made(("department_code",)),
        "name": Made(("department_name", "department_code"), lambda name, code: name or code),
    },
    "Section": {
        "id": Made(("id",), encoder(Kind.SECTION)),
        "state": Made(("state",)),
        "version": Made(("version",)),
        "revision": Made(("revision",)),
        "ratingsVisible": Made(("employee_id", "state"), _visible, of_viewer=True),
        "person": Part("SectionPerson"),
        "observedWeight": OfItems(("weight", "absence_kind"), _observed_weight),
        "minimumObservedWeight": Made(("floor",)),
        "submittedAt": Made(("submitted_at",), _moment),
        "manifestHash": Made(("manifest_hash",)),
        "items": Items(),
        "total": OfItems(("weight", "absence_kind", "rating"), _total, of=("floor",), is_figure=True),
        "itemsToRate": OfItems(("weight", "absence_kind", "rating"), _to_rate, of=("employee_id", "state")),
        "isOwn": Made(("employee_id",), _is_own, of_viewer=True),
    },
    "SectionPerson": {
        "name": Made(("name",)),
        "managerName": Made(("manager_name",)),
        "job": Made(("job_title",)),
        "department": Made(("department",)),
        "profile": Made(("profile",), told),
    },
    "Item": {
        "id": Made(("id",), encoder(Kind.ITEM)),
        "indicator": Whole(("indicator",), _indicator, is_repeated=True),
        "weight": Made(("weight",)),
        "result": Either("Absence", "absence_kind", "EstimateResult"),
    },
    "EstimateResult": {
        **{name: Made((name,)) for name in ("value", "lower", "upper", "expected", "unshrunk", "reliability")},
        "lower90": Made(("lower_90",)),
        "upper90": Made(("upper_90",)),
        "standardError": Made(("standard_error",)),
        "probabilityBetter": Made(("probability_better",)),
        "carriesConsequence": Made(("consequence",)),
        "isBetter": Made(SIDE, _is_better),
        "level": Made(("level",)),
        "flagged": Made(("flagged",)),
        "verdict": Made(SIDE, _verdict),
        "evidence": Whole(("indicator", "evidence"), _evidence),
        "money": Whole(MONEY, _money),
    },
    "Absence": {
        "kind": Made(("absence_kind",)),
        "reason": Made(("absence_reason",), _reason),
        "sentence": Made(("indicator", "absence_kind", "absence_reason", "evidence"), _absence),
        "evidenceSoFar": Whole(("indicator", "evidence"), _evidence),
    },
}
"""By type and field."""
