"""What was contributed, as a report on paper for whoever may read it."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.contributions import ContributionQuery, ContributionRow, Dimension, RowOrder
from appraise.printing.contributions import Report, contributions_pdf
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_contributions import contributions_of


def print_contributions(deployment: Deployment, principal: Principal, *, is_finalised: bool, at: datetime) -> bytes:
    """A PDF of the organisation over its cycles, and of its departments in the newest. It tells of no single person."""

    def rows(dimension: Dimension) -> list[ContributionRow]:
        query = ContributionQuery(dimension, order=RowOrder.BY_GROUP)
        return [row for found in contributions_of(deployment, principal, query, at=at).values() for row in found]

    report = Report(at.date(), is_finalised, rows(Dimension.ORGANISATION), rows(Dimension.DEPARTMENT))
    return contributions_pdf(report, made_at=at)
