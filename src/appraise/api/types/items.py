"""The lines of a section."""

from decimal import Decimal
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.benchmarks import BENCHMARK, BenchmarkResult, benchmark_result
from appraise.api.types.earlier import EARLIER, EarlierFigureType
from appraise.api.types.estimates import ItemResult, result_of
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.api.types.section_course import SupportedRatings
from appraise.domain.indicators import definition_of
from appraise.domain.sections import Item, Section
from appraise.errors import Forbidden


@strawberry.type(name="Item", description="One line of a section: what the data say, and what the manager says.")
class ItemType:
    item: strawberry.Private[Item]
    section: strawberry.Private[Section]
    id: strawberry.ID = strawberry.field(description="Opaque; the `itemId` of `rateItem`.")
    indicator: IndicatorDefinitionType = strawberry.field(description="What is measured.")
    weight: Decimal = strawberry.field(description="Share of the section's total, 0 to 1.")

    @strawberry.field(description="What the data say.")
    def result(self) -> ItemResult:
        return result_of(self.item.result, self.section.id)

    @strawberry.field(description=BENCHMARK, extensions=[Requires(Permission.READ_BENCHMARKS)])
    def benchmark(self, info: strawberry.Info) -> BenchmarkResult | None:
        context: RequestContext = info.context
        return benchmark_result(context.benchmark(self.section, self.item.indicator))

    @strawberry.field(description=EARLIER)
    def earlier(self, info: strawberry.Info) -> EarlierFigureType | None:
        context: RequestContext = info.context
        found = context.sections.earlier(self.section)
        figure = None if found is None else found.figures.get(self.item.indicator)
        return None if found is None or figure is None else EarlierFigureType.of(found.cycle_name, figure)

    @strawberry.field(
        description=(
            "The manager's rating, 1 (lowest) to 5 (highest); null while there is none. Null with an error FORBIDDEN "
            "while it is withheld from the reader (see `Section.ratingsVisible`)."
        )
    )
    def rating(self, info: strawberry.Info) -> int | None:
        return self._disclosed(info.context).rating

    @strawberry.field(description="The manager's words; null and withheld as `rating`.")
    def comment(self, info: strawberry.Info) -> str | None:
        return self._disclosed(info.context).comment

    @strawberry.field(
        description="Why the rating lies outside `supportedRatings`; null where it does not; withheld as `rating`."
    )
    def reason(self, info: strawberry.Info) -> str | None:
        return self._disclosed(info.context).reason

    @strawberry.field(
        description="The ratings that the data bear out; null where they give no level, and speak against none."
    )
    def supported_ratings(self) -> SupportedRatings | None:
        supported = self.item.supported
        return None if supported is None else SupportedRatings(lowest=supported[0], highest=supported[1])

    @strawberry.field(
        description=(
            "The employee's own rating, 1 to 5. Null with an error FORBIDDEN for others until the self-assessment and "
            "the manager's ratings are both handed in (see `Section.selfAssessmentVisible`)."
        )
    )
    def own_rating(self, info: strawberry.Info) -> int | None:
        return self._own(info.context).own_rating

    @strawberry.field(description="The employee's own words; null and withheld as `ownRating`.")
    def own_comment(self, info: strawberry.Info) -> str | None:
        return self._own(info.context).own_comment

    def _own(self, context: RequestContext) -> Item:
        viewed = context.sections.view(self.section.id)
        if not (viewed.is_own or viewed.section.both_are_in):
            raise Forbidden(
                "the self-assessment is withheld until it and the manager's ratings are both handed in",
                hint="selfAssessmentVisible says so beforehand",
            )
        return next(item for item in viewed.section.items if item.id == self.item.id)

    def _disclosed(self, context: RequestContext) -> Item:
        viewed = context.sections.view(self.section.id)
        if not viewed.ratings_visible:
            raise Forbidden(
                "ratings and comments are withheld from you until the section is shared",
                hint="ratingsVisible says so beforehand",
            )
        return next(item for item in viewed.section.items if item.id == self.item.id)

    @classmethod
    def of(cls, item: Item, section: Section) -> Self:
        return cls(
            item=item,
            section=section,
            id=to_global(Kind.ITEM, item.id),
            indicator=IndicatorDefinitionType.of(definition_of(item.indicator)),
            weight=item.weight,
        )
