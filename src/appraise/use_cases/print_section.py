"""A final section on paper, for whoever may read it."""

from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.section_states import SectionState
from appraise.errors import Conflict
from appraise.printing.section import section_pdf
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finished import finished
from appraise.use_cases.read_sections import get_section


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """`name` is that of the file: the employee's, without what a file system does not take."""

    name: str
    content: bytes


def print_section(deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime) -> PrintedSection:
    """Raises `NotFound` where it is not theirs to see, `Conflict` before it is final. Audited as a read of it."""
    viewed = get_section(deployment, principal, section, at=at)
    if viewed.section.state is not SectionState.FINALISED:
        raise Conflict(
            f"the section is {viewed.section.state.lower().replace('_', ' ')}", expected="one that is final", hint=WAIT
        )
    with deployment.database.reading() as session:
        value = finished(session, [section])[section]
    content = section_pdf(value.section, scale=value.cycle.rules.host_scale)
    return PrintedSection(f"{file_name(value.section.name)} {file_name(value.section.cycle)}.pdf", content)


WAIT = "print it when it has become final; until then it may still change"


def file_name(text: str) -> str:
    """Without what a file system does not take."""
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in text).strip()[:80]
