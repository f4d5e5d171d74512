"""The schema, put together once."""

from typing import Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from appraise.api.errors import ErrorCode
from appraise.api.mutations import Mutation
from appraise.api.queries import Query
from appraise.api.scalars import SCALARS
from appraise.api.types.cycles import CycleType
from appraise.api.types.people import EmployeeType
from appraise.api.types.sections import SectionType

SCHEMA: Final = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[CycleType, EmployeeType, SectionType, ErrorCode],
    config=StrawberryConfig(scalar_map=SCALARS, sort_schema=True),
)
GRAPHQL_SCHEMA: Final[GraphQLSchema] = SCHEMA._schema  # noqa: SLF001  # Strawberry has no other way to the executable schema


def sdl() -> str:
    """The schema as text, sorted, so that a reviewer's diff shows what changed and nothing else."""
    return SCHEMA.as_str() + "\n"
