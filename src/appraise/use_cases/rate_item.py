"""A manager rates one item of a section."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.section_steps import rated_by
from appraise.domain.sections import Refusal, Section, rate
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def rate_item(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    item_id: ItemId,
    *,
    rating: int | None,
    comment: str | None,
    reason: str | None = None,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(
        Action.RATE,
        expected_version,
        at,
        facts=(("item", item_id), ("rating", str(rating)), ("commented", str(bool(comment)))),
        item=item_id,
    )

    def step(_: Around, section: Section) -> Section | Refusal:
        after = rate(section, item_id, rating=rating, comment=comment, reason=reason)
        return after if isinstance(after, Refusal) else rated_by(after, principal.employee)

    return change_section(deployment, principal, section_id, request, step)
