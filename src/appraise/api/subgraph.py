"""The API as a federation subgraph: the organisation's `Employee`, by the HR system's own ids, with our fields.

The queries of the API stand below one field, and its types carry a prefix, so that nothing collides with other
subgraphs. Representations are resolved in one query for all, through the same door as everything else.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Self

import strawberry
from graphql import REMOVE, DirectiveNode, StringValueNode, Visitor, VisitorAction, parse, print_ast, visit
from strawberry.federation.schema import FederationAny
from strawberry.federation.schema_directives import Authenticated, RequiresScopes
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from appraise.api.context import RequestContext
from appraise.api.errors import ErrorCode
from appraise.api.mutations import Mutation
from appraise.api.permissions import Permission, Requires
from appraise.api.queries import Query
from appraise.api.scalars import SCALARS
from appraise.api.schema import NAMED_BY_INTERFACES
from appraise.api.types.people import EmployeeType
from appraise.api.types.sections import SectionType
from appraise.domain.access import ServiceScope
from appraise.domain.employees import ExternalReference
from appraise.domain.reading import PersonRow
from appraise.errors import InvalidInput
from appraise.use_cases.read_people import people_by_reference

VERSION: Final = "2.9"
"""Of federation: the newest that both composers in use know."""
PREFIX: Final = "Appraise"
MOST_REPRESENTATIONS: Final = 1_000
_EMAIL: Final = "email"
_NO_KEYS: Final = frozenset({_EMAIL, "name"})
"""Namespaces that are no source: an address has a key of its own, and several people may have one name."""
_ROUTER_ONLY: Final = {"authenticated", "requiresScopes"}


@strawberry.federation.type(
    name="Employee",
    description="An employee as the HR system names them, with what Appraise knows.",
    keys=["id", "source id", "email"],
)
class EmployeeEntity:
    row: strawberry.Private[PersonRow]
    id: strawberry.ID = strawberry.field(description="The HR system's own id.")
    source: str = strawberry.field(
        description="Which HR system's id it is, where there are several; e.g. `successfactors:userid`."
    )
    email: str | None = strawberry.field(description="Address at work.")

    @strawberry.federation.field(
        description="The employee as Appraise shows them; ids of its own, for its own queries and mutations.",
        directives=[Authenticated(), RequiresScopes(scopes=[[ServiceScope.READ_PEOPLE.value]])],
        extensions=[Requires(Permission.READ_PEOPLE)],
    )
    def appraise_record(self) -> EmployeeType | None:
        return EmployeeType.of(self.row)

    @strawberry.federation.field(
        description=(
            "The employee's customer-service section in a cycle; null where there is none or it is not the reader's "
            "to see."
        ),
        directives=[Authenticated(), RequiresScopes(scopes=[[ServiceScope.READ_SECTIONS.value]])],
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def customer_service_section(
        self,
        info: strawberry.Info,
        cycle: Annotated[strawberry.ID, strawberry.argument(description="Id of the cycle.")],
    ) -> SectionType | None:
        return EmployeeType.of(self.row).section_in(info.context, cycle)

    @classmethod
    def of(cls, row: PersonRow, source: str) -> Self | None:
        """None where the HR system has no id for them: then they are no entity of the supergraph."""
        own = next((one.value for one in row.employee.references if one.namespace == source), None)
        return None if own is None else cls(row=row, id=strawberry.ID(own), source=source, email=row.employee.email)


@strawberry.type
class _Linked:
    """What our employees have here beside what they have at `/graphql`."""

    @strawberry.federation.field(
        description=(
            "The employee as the HR system names them: the way to its fields, and to those of all other subgraphs. "
            "Null where the HR system has no id for them; refused to services that may not read people."
        ),
        directives=[Authenticated(), RequiresScopes(scopes=[[ServiceScope.READ_PEOPLE.value]])],
        extensions=[Requires(Permission.READ_PEOPLE)],
    )
    @staticmethod
    def hr_record(root: strawberry.Parent[EmployeeType], info: strawberry.Info) -> EmployeeEntity | None:
        subgraph: Any = info.schema
        return EmployeeEntity.of(root.row, subgraph.source)


@strawberry.type
class SubgraphQuery:
    @strawberry.federation.field(
        description="All queries of Appraise.",
        directives=[Authenticated()],
    )
    def appraise(self) -> Query:
        return Query()


class _Prefixed(NameConverter):
    """Our types carry a prefix; the roots, the entity and federation's own names stay as they are."""

    def from_object(self, object_type: StrawberryObjectDefinition) -> str:
        name = super().from_object(object_type)
        is_root = name in {"Query", "Mutation"} and object_type.origin is not Query
        if is_root or object_type.origin is EmployeeEntity or name.startswith("_"):
            return name
        return PREFIX + name

    def from_enum(self, enum: StrawberryEnumDefinition) -> str:
        return PREFIX + super().from_enum(enum)

    def from_union(self, union: StrawberryUnion) -> str:
        name = super().from_union(union)
        return name if name.startswith("_") else PREFIX + name


class Subgraph(strawberry.federation.Schema):
    """`source` is the namespace of the HR system's ids by which the supergraph knows employees."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(
            query=SubgraphQuery,
            mutation=Mutation,
            types=[EmployeeEntity, *NAMED_BY_INTERFACES, ErrorCode],
            config=StrawberryConfig(name_converter=_Prefixed(), scalar_map=SCALARS),
            federation_version=VERSION,
        )

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        fields = super().get_fields(type_definition)
        if type_definition.origin is not EmployeeType:
            return fields
        return [*fields, *get_object_definition(_Linked, strict=True).fields]

    def entities_resolver(self, info: strawberry.Info, representations: list[FederationAny]) -> list[FederationAny]:
        """In the order asked; null in place of whoever is unknown, not the reader's to see, or of another type."""
        if len(representations) > MOST_REPRESENTATIONS:
            raise InvalidInput(f"{len(representations)} representations", expected=f"at most {MOST_REPRESENTATIONS}")
        context: RequestContext = info.context
        asked = [self._reference(representation) for representation in representations]
        found = people_by_reference(
            context.deployment, context.principal, {one for one in asked if one is not None}, at=context.at
        )
        _announce(context, found.values())
        entities: list[Any] = [self._entity(one, found) for one in asked]
        return entities

    def _entity(
        self, asked: ExternalReference | None, found: dict[ExternalReference, PersonRow]
    ) -> EmployeeEntity | None:
        row = None if asked is None else found.get(asked)
        if asked is None or row is None:
            return None
        return EmployeeEntity.of(row, self.source if asked.namespace == _EMAIL else asked.namespace)

    def _reference(self, representation: object) -> ExternalReference | None:
        """By the id where there is one, else by the address. None for an entity that is not ours."""
        if not isinstance(representation, dict):
            raise InvalidInput("a representation that is no object", expected="__typename and the fields of a key")
        if representation.get("__typename") != "Employee":
            return None
        own, email = representation.get("id"), representation.get("email")
        source = representation.get("source") or self.source
        if own is not None:
            if source in _NO_KEYS:
                return None
            return ExternalReference(str(source), str(own)).normalised()
        if email is not None:
            return ExternalReference(_EMAIL, str(email)).normalised()
        raise InvalidInput("a representation of Employee without a key", expected="id, or source and id, or email")


def _announce(context: RequestContext, rows: Iterable[PersonRow]) -> None:
    people = list(rows)
    context.people.remember(people)
    context.people.announce(row.manager for row in people)
    context.sections.announce(row.employee.id for row in people)


def subgraph_sdl(*, with_scopes: bool = True) -> str:
    """The contract as text; without `@authenticated` and `@requiresScopes` for routers that refuse them.

    The service holds both itself either way.
    """
    document = parse(Subgraph("hr:id").as_str())
    return print_ast(document if with_scopes else visit(document, _WithoutScopes())) + "\n"


class _WithoutScopes(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: object) -> VisitorAction:
        return REMOVE if node.name.value in _ROUTER_ONLY else None

    def enter_string_value(self, node: StringValueNode, *_: object) -> VisitorAction:
        """The imports of `@link`."""
        return REMOVE if node.value.removeprefix("@") in _ROUTER_ONLY else None
