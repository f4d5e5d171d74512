"""An employee writes what they think of themselves beside one item."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, assess
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section


def assess_item(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    item_id: ItemId,
    *,
    rating: int | None,
    comment: str | None,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section: see `change_section`."""
    request = Request(
        Action.ASSESS_SELF,
        expected_version,
        at,
        facts=(("item", item_id),),
        item=item_id,
    )
    return change_section(
        deployment,
        principal,
        section_id,
        request,
        lambda _, section: assess(section, item_id, rating=rating, comment=comment),
    )
