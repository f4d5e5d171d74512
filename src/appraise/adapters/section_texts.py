"""A finished section in words, for hosts that have one field of text for all of it."""

from appraise.domain.finished_sections import FinishedSection


def note_lines(section: FinishedSection) -> list[str]:
    """One line for each item with its comment, why there is no total, and the receipt. No line holds a line break."""
    lines = []
    for item in section.items:
        said = f"{item.rating} of 5" if item.rating is not None else "not rated"
        said = said if item.absence is None else item.absence.kind.value
        lines.append(f"{item.title}: {said}" + ("" if item.comment is None else f". {' '.join(item.comment.split())}"))
    if section.absence is not None:
        lines.append(" ".join(section.absence.reason.split()))
    return [*lines, receipt(section)]


def receipt(section: FinishedSection) -> str:
    """Whose it is, and that nobody reviewed it where nobody did."""
    provisional = "; provisional, not reviewed" if section.is_unreviewed else ""
    return f"Appraise {section.id}, revision {section.revision}{provisional}"


def fitting(section: FinishedSection, length: int | None) -> str:
    """`note_lines` on one line of at most `length` characters; what is cut off ends in …, and the receipt stays."""
    *lines, last = note_lines(section)
    text = "; ".join([*lines, last])
    if length is None or len(text) <= length:
        return text
    room = length - len(last) - len("…; ")
    return f"{text[:room]}…; {last}" if room > 0 else last[:length]
