"""How the course of a section and the rules of a cycle lie in JSON columns. What is not there is left out."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from appraise.domain.cycles import CycleRules
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.periods import Period
from appraise.domain.section_course import (
    Acknowledgement,
    Course,
    Exemption,
    ExemptionReason,
    Reopening,
    ReopeningReason,
    Stance,
)

TIMES: Final = ("self_assessed_at", "unblinded_at", "released_at", "shared_at", "finalised_at")
TEXTS: Final = ("submitted_by", "submitted_for", "unreviewed_reason", "return_reason", "void_reason")


def course_document(course: Course) -> dict[str, Any]:
    document: dict[str, Any] = {name: _time(getattr(course, name)) for name in TIMES}
    document |= {name: getattr(course, name) for name in TEXTS}
    document["rated_by"] = sorted(course.rated_by) or None
    document["pauses"] = [[pause.start.isoformat(), _day(pause.end)] for pause in course.pauses] or None
    document["rated_by_level"] = list(course.rated_by_level) or None
    answer, exemption, reopening = course.acknowledgement, course.exemption, course.reopening
    if answer is not None:
        document["acknowledgement"] = [answer.stance.value, _time(answer.at), answer.by, answer.comment]
    if exemption is not None:
        document["exemption"] = [exemption.reason.value, exemption.note, _time(exemption.at), exemption.by]
    if reopening is not None:
        document["reopening"] = [reopening.reason.value, reopening.note, _time(reopening.at), reopening.by]
    return {name: value for name, value in document.items() if value is not None}


def course_from(document: dict[str, Any]) -> Course:
    plain: dict[str, Any] = {name: datetime.fromisoformat(document[name]) for name in TIMES if name in document}
    plain |= {name: document[name] for name in TEXTS if name in document}
    return Course(
        **plain,
        rated_by=frozenset(map(EmployeeId, document.get("rated_by", ()))),
        pauses=tuple(Period(date.fromisoformat(start), _date(end)) for start, end in document.get("pauses", ())),
        rated_by_level=tuple(IndicatorKey(key) for key in document.get("rated_by_level", ())),
        acknowledgement=_read(document, "acknowledgement", _acknowledgement),
        exemption=_read(document, "exemption", _exemption),
        reopening=_read(document, "reopening", _reopening),
    )


def _read(document: dict[str, Any], name: str, of: Callable[..., Any]) -> Any:
    return of(*document[name]) if name in document else None


def _acknowledgement(stance: str, at: str, by: str | None, comment: str | None) -> Acknowledgement:
    return Acknowledgement(Stance(stance), datetime.fromisoformat(at), None if by is None else EmployeeId(by), comment)


def _exemption(reason: str, note: str | None, at: str, by: str) -> Exemption:
    return Exemption(ExemptionReason(reason), note, datetime.fromisoformat(at), EmployeeId(by))


def _reopening(reason: str, note: str, at: str, by: str) -> Reopening:
    return Reopening(ReopeningReason(reason), note, datetime.fromisoformat(at), EmployeeId(by))


def rules_document(rules: CycleRules) -> dict[str, Any]:
    scale = rules.host_scale
    return {
        "calibrates": rules.calibrates,
        "rate_by": _day(rules.rate_by),
        "response_days": rules.response_days,
        "most_disputes": rules.most_disputes,
        "dotted_parts": rules.dotted_parts,
        "host_scale": None if scale is None else [str(scale.worst), str(scale.best), str(scale.step)],
    }


def rules_from(document: dict[str, Any]) -> CycleRules:
    scale = document["host_scale"]
    return CycleRules(
        calibrates=document["calibrates"],
        rate_by=_date(document["rate_by"]),
        response_days=document["response_days"],
        most_disputes=document["most_disputes"],
        dotted_parts=document.get("dotted_parts", False),
        host_scale=None if scale is None else HostScale(*(Decimal(number) for number in scale)),
    )


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
