"""A finished section as a PDF that is fit to be signed and filed: tagged (PDF/UA-1), and kept by itself (PDF/A-2a)."""

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from appraise.domain.explanations import evidence_sentence, figure, verdict
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.periods import in_words
from appraise.domain.scorecards import Absence, Estimate
from appraise.domain.section_course import Stance
from appraise.printing.pictures import drawing

STANDARDS: Final = ("a-2a", "ua-1")
UNITS: Final = {Unit.POINTS: " of 100", Unit.RATIO: " × expected", Unit.PERCENT: " %", None: ""}
STANCES: Final = {
    Stance.AGREE: "The employee has read it and agrees.",
    Stance.SEEN_NOT_AGREE: "The employee has read it and does not agree.",
    Stance.NO_RESPONSE: "The employee did not answer in time. That is no agreement.",
    None: "There is no answer of the employee.",
}
READING: Final = (
    "How to read the pictures: the circle is the estimate; with 90 % certainty the true figure lies within the heavy "
    "line, with 95 % within the thin one; the dashed line is what would be expected of anybody with the same "
    "customers. Nobody is told apart by less than the data can tell."
)


def section_pdf(section: FinishedSection, *, scale: HostScale | None = None) -> bytes:
    """Same section, same bytes. `scale` is that of the HR system, where the total is written into one."""
    return _compiled(section, scale, format="pdf", pdf_standards=list(STANDARDS), timestamp=section.finalised_at)[0]


def section_pages(section: FinishedSection, *, scale: HostScale | None = None, ppi: float = 96) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    return _compiled(section, scale, format="png", ppi=ppi)


def _compiled(section: FinishedSection, scale: HostScale | None, **how: Any) -> list[bytes]:
    import typst  # noqa: PLC0415  # large, and only needed here

    template = files("appraise.printing").joinpath("section.typ").read_bytes()
    words = {"section": json.dumps(_words(section, scale), ensure_ascii=False)}
    compiled = typst.compile(template, font_paths=_fonts(), sys_inputs=words, **how)
    return [compiled] if isinstance(compiled, bytes) else list(compiled or ())


@cache
def _fonts() -> Any:
    """Looked for once. Those that are packaged have Latin, Greek and Cyrillic; others are the system's."""
    import typst  # noqa: PLC0415

    return typst.Fonts()


def _words(section: FinishedSection, scale: HostScale | None) -> dict[str, Any]:
    facts = {
        "Employee": section.name,
        "Job": ", ".join(filter(None, [section.job_title, section.department])),
        "Manager": section.manager,
        "Cycle": f"{section.cycle}, {in_words(section.period.start)} to {_last(section)}",
        "Final since": f"{in_words(section.finalised_at.date())}, revision {section.revision}",
    }
    return {
        "title": f"Customer service: {section.name}, {section.cycle}",
        "author": section.manager or "",
        "footer": f"{section.name} · {section.cycle} · revision {section.revision}",
        "facts": [{"name": name, "value": value} for name, value in facts.items() if value],
        "total": _total(section, scale),
        "items": [_item(item) for item in section.items],
        "answer": STANCES[section.stance],
        "signatures": [
            {"role": "Employee", "name": section.name},
            {"role": "Manager", "name": section.manager or ""},
            {"role": "Human resources", "name": ""},
        ],
        "reading": READING,
        "receipt": f"Receipt: section {section.id}, evidence {section.manifest_hash or 'not frozen'}.",
    }


def _total(section: FinishedSection, scale: HostScale | None) -> dict[str, str]:
    observed = f"Indicators with a figure make up {section.observed_weight:.0%} of the weight. Absences weigh nothing."
    if section.total_shown is None:
        reason = "" if section.absence is None else section.absence.reason
        return {"line": f"No total: {section.status}", "explained": f"{reason} {observed}".strip()}
    written = None if scale is None else WrittenTotal.of(section, scale)
    told = (
        f" Written to the HR system as {written.value} of {written.scale.low} to {written.scale.high}."
        if written
        else ""
    )
    return {"line": f"Total of the ratings: {section.total_shown} of 5", "explained": observed + told}


def _item(item: FinishedItem) -> dict[str, Any]:
    weight = f"Weight {item.weight:.0%}" if item.weight else "Context: weighs nothing and is not rated"
    said = {"title": item.title, "rating": item.rating, "comment": item.comment, "reason": item.reason}
    return {**said, "weight": weight, **_result(item.result)}


def _result(result: Estimate | Absence) -> dict[str, Any]:
    if isinstance(result, Absence):
        words = result.kind.value.replace("_", " ").capitalize()
        return {"figure": words, "verdict": None, "evidence": result.reason, "drawing": None, "alt": ""}
    key, unit = result.indicator, UNITS[definition_of(result.indicator).unit]
    value, expected = f"{figure(key, result.value)}{unit}", figure(key, result.expected)
    interval = f"95 % sure: {figure(key, result.lower)} to {figure(key, result.upper)}"
    evidence = f"{evidence_sentence(key, result.evidence)} · {interval} · reliability {result.reliability:.2f}"
    side = "" if definition_of(key).direction is None else "Better is to the right. "
    use = "" if result.consequence else " · to be read, not to be acted on"
    return {
        "figure": f"{value}, expected {expected}",
        "verdict": verdict(result),
        "evidence": evidence + use,
        "drawing": drawing(result),
        "alt": f"{definition_of(key).name}: {value}; {interval}; expected {expected}. {side}{verdict(result)}",
    }


def _last(section: FinishedSection) -> str:
    end = section.period.end
    return "open" if end is None else in_words(date.fromordinal(end.toordinal() - 1))
