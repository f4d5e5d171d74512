"""A finished section as a PDF that is fit to be signed and filed: tagged (PDF/UA-1), and kept by itself (PDF/A-2a)."""

from datetime import date
from typing import Any, Final

from appraise.domain.explanations import ABSENCES, evidence_sentence, figure, verdict
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.language import in_percent, marks, retold, say, speech
from appraise.domain.periods import in_words
from appraise.domain.scorecards import Absence, Estimate
from appraise.domain.section_course import Stance
from appraise.domain.shortfalls import reliability_told
from appraise.printing.pictures import drawing
from appraise.printing.typesetting import images, pdf

CONTEXT: Final = "Context: weighs nothing and is not rated"
STANCES: Final = {
    Stance.AGREE: "The employee has read it and agrees.",
    Stance.SEEN_NOT_AGREE: "The employee has read it and does not agree.",
    Stance.NO_RESPONSE: "The employee had not answered when it became final. That is no agreement.",
    None: "There is no answer of the employee.",
}
UNREVIEWED: Final = (
    "Provisional, not reviewed: it was handed in without the manager. Where the manager had given no rating, it is the "
    "level of the data."
)
READING: Final = (
    "How to read the pictures: the circle is the estimate; with 90 % certainty the true figure lies within the heavy "
    "line, with 95 % within the thin one; the dashed line is what would be expected of anybody with the same "
    "customers. Nobody is told apart by less than the data can tell."
)


def section_pdf(section: FinishedSection, *, scale: HostScale | None = None) -> bytes:
    """Same section, same bytes. `scale` is that of the HR system, where the total is written into one."""
    return pdf("section.typ", _words(section, scale), made_at=section.finalised_at)


def section_pages(section: FinishedSection, *, scale: HostScale | None = None, ppi: float = 96) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    return images("section.typ", _words(section, scale), ppi=ppi)


def _words(section: FinishedSection, scale: HostScale | None) -> dict[str, Any]:
    revision = say("revision {number}", number=section.revision)
    first, final = in_words(section.period.start), in_words(section.finalised_at.date())
    facts = {
        say("Employee"): section.name,
        say("Job"): ", ".join(filter(None, [section.job_title, section.department])),
        say("Manager"): section.manager,
        say("Cycle"): say("{cycle}, {start} to {end}", cycle=section.cycle, start=first, end=_last(section)),
        say("Final since"): say("{day}, revision {number}", day=final, number=section.revision),
    }
    return {
        "title": say("Customer service: {name}, {cycle}", name=section.name, cycle=section.cycle),
        "author": section.manager or "",
        "language": speech().tag,
        "footer": f"{section.name} · {section.cycle} · {revision}",
        "facts": [{"name": name, "value": value} for name, value in facts.items() if value],
        "total": _total(section, scale),
        "items": [_item(item) for item in section.items],
        "answer": say(STANCES[section.stance]),
        "signatures": [
            {"role": say("Employee"), "name": section.name},
            {"role": say("Manager"), "name": section.manager or ""},
            {"role": say("Human resources"), "name": ""},
        ],
        "reading": say(READING),
        "receipt": _receipt(section),
        "words": {
            "worse": say("worse"),
            "better": say("better"),
            "why": say("Why the rating lies outside what the data bear out:"),
            "answer": say("Answer and signatures"),
        },
    }


def _receipt(section: FinishedSection) -> str:
    if section.manifest_hash is None:
        return say("Receipt: section {id}, evidence not frozen.", id=section.id)
    return say("Receipt: section {id}, evidence {hash}.", id=section.id, hash=section.manifest_hash)


def _total(section: FinishedSection, scale: HostScale | None) -> dict[str, str]:
    share = in_percent(section.observed_weight)
    observed = say("Indicators with a figure make up {share} of the weight. Absences weigh nothing.", share=share)
    if section.is_unreviewed:
        observed = f"{say(UNREVIEWED)} {observed}"
    if section.total_shown is None:
        reason = "" if section.absence is None else retold(section.absence.reason)
        status = retold(section.status) if section.absence is None else say(ABSENCES[section.absence.kind])
        line = say("No total: {status}", status=status)
        return {"line": line, "explained": f"{reason} {observed}".strip()}
    line = say("Total of the ratings: {total} of 5", total=marks(str(section.total_shown)))
    return {"line": line, "explained": f"{observed} {_written(section, scale)}".strip()}


def _written(section: FinishedSection, scale: HostScale | None) -> str:
    written = None if scale is None else WrittenTotal.of(section, scale)
    if written is None:
        return ""
    value, worst, best = (marks(str(one)) for one in (written.value, written.scale.worst, written.scale.best))
    return say("Written to the HR system as {value} of {low} to {high}.", value=value, low=worst, high=best)


def _item(item: FinishedItem) -> dict[str, Any]:
    weight = say("Weight {share}", share=in_percent(item.weight)) if item.weight else say(CONTEXT)
    rating = None if item.rating is None else say("Rating: {rating} of 5", rating=item.rating)
    said = {"title": say(item.title), "rating": rating, "comment": item.comment, "reason": item.reason}
    return {**said, "weight": weight, **_result(item.result)}


def _result(result: Estimate | Absence) -> dict[str, Any]:
    if isinstance(result, Absence):
        return {
            "figure": say(ABSENCES[result.kind]),
            "verdict": None,
            "evidence": retold(result.reason),
            "drawing": None,
            "alt": "",
        }
    key = result.indicator
    value, expected = _with_unit(key, figure(key, result.value)), figure(key, result.expected)
    interval = say("95 % sure: {low} to {high}", low=figure(key, result.lower), high=figure(key, result.upper))
    share = reliability_told(result.reliability, is_enough=result.consequence)
    reliability = say("reliability {figure}", figure=marks(share))
    parts = [evidence_sentence(key, result.evidence), interval, reliability]
    if not result.consequence:
        parts.append(say("to be read, not to be acted on"))
    side = [] if definition_of(key).direction is None else [say("Better is to the right.")]
    told = say("{figure}, expected {expected}", figure=value, expected=expected)
    return {
        "figure": told,
        "verdict": verdict(result),
        "evidence": " · ".join(parts),
        "drawing": drawing(result),
        "alt": f"{say(definition_of(key).name)}: {told}; {interval}. {' '.join([*side, verdict(result)])}",
    }


def _with_unit(key: IndicatorKey, value: str) -> str:
    match definition_of(key).unit:
        case Unit.POINTS:
            return say("{figure} of 100", figure=value)
        case Unit.RATIO:
            return say("{figure} × expected", figure=value)
        case Unit.PERCENT:
            return f"{value} %"
        case None:
            return value


def _last(section: FinishedSection) -> str:
    end = section.period.end
    return say("open") if end is None else in_words(date.fromordinal(end.toordinal() - 1))
