"""The schema, put together once."""

from typing import Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from appraise.api.errors import ErrorCode
from appraise.api.mutations import Mutation
from appraise.api.queries import Query
from appraise.api.scalars import SCALARS
from appraise.api.subscriptions import Subscription
from appraise.api.types.contributions import AdditiveContribution, NonAdditiveContribution
from appraise.api.types.cycles import CycleType
from appraise.api.types.people import EmployeeType
from appraise.api.types.sections import SectionType

NAMED_BY_INTERFACES: Final = (CycleType, EmployeeType, SectionType, AdditiveContribution, NonAdditiveContribution)
"""Types to which fields may lead that name an interface alone."""


def _schema(*, is_sorted: bool) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*NAMED_BY_INTERFACES, ErrorCode],
        config=StrawberryConfig(scalar_map=SCALARS, sort_schema=is_sorted),
    )


# Not the sorted one: sorting puts plain enum types in the place of Strawberry's, which then refuse its enum members.
GRAPHQL_SCHEMA: Final[GraphQLSchema] = _schema(is_sorted=False)._schema  # noqa: SLF001  # there is no other way to it


def sdl() -> str:
    """The schema as text, sorted, so that a reviewer's diff shows what changed and nothing else."""
    return _schema(is_sorted=True).as_str() + "\n"
