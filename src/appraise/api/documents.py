"""Documents: parsed and validated once, then remembered."""

from collections import OrderedDict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)

from appraise.api.compiled import CompiledQuery
from appraise.api.guard import (
    LONGEST_DOCUMENT,
    LONGEST_LIST,
    MOST_TOKENS,
    Size,
    TooCostly,
    check_repeats,
    check_variables,
    excess,
    lengths,
    measure,
    object_types,
)
from appraise.api.sizing import extent, sizing
from appraise.api.texts import unfit_literal, unfit_variable

REMEMBERED: Final = 256
SIZES: Final = 64
"""Of a document with different variables."""


class Refused(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """A document that is no valid GraphQL for this schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    schema: GraphQLSchema
    document: DocumentNode
    name: str | None
    definition: OperationDefinitionNode
    compiled: CompiledQuery
    cost: int

    @property
    def is_query(self) -> bool:
        return self.definition.operation is OperationType.QUERY

    @property
    def is_subscription(self) -> bool:
        return self.definition.operation is OperationType.SUBSCRIPTION


@dataclass(frozen=True, slots=True)
class _Valid:
    """`compiled` holds operations by name; two threads may compile the same one, and either is kept."""

    schema: GraphQLSchema
    document: DocumentNode
    sizing: tuple[str, ...]
    """Names of the variables on which the document's size depends."""
    lists: Mapping[str, int]
    objects: frozenset[str]
    compiled: dict[str | None, CompiledQuery] = field(default_factory=dict)
    sizes: dict[tuple[object, ...], Size] = field(default_factory=dict)

    def size(self, variables: dict[str, object]) -> Size:
        key = tuple(extent(variables[name]) if name in variables else "default" for name in self.sizing)
        if key not in self.sizes:
            if len(self.sizes) >= SIZES:
                self.sizes.clear()
            self.sizes[key] = measure(self.document, variables, self.lists, self.objects)
        return self.sizes[key]

    def operation(self, name: str | None, cost: int) -> Operation:
        definition = get_operation_ast(self.document, name)
        if definition is None:
            wanted = "no operation or several" if name is None else f"no operation named {name!r}"
            raise Refused([GraphQLError(f"The document has {wanted}; operationName must name one of it.")])
        if name not in self.compiled:
            self.compiled[name] = CompiledQuery(self.schema, self.document, definition)
        return Operation(self.schema, self.document, name, definition, self.compiled[name], cost)


class Documents:
    """The most recently used documents that are valid for `schema`, by their text; safe to share between threads."""

    def __init__(self, schema: GraphQLSchema, *, kept: Container[str] = (), longest_list: int = LONGEST_LIST) -> None:
        """Those in `kept` are never forgotten, however many others are used."""
        self._schema = schema
        self._lists, self._objects = lengths(schema), object_types(schema)
        self._longest_list = longest_list
        self._kept = kept
        self._valid_kept: dict[str, _Valid] = {}
        self._valid: OrderedDict[str, _Valid] = OrderedDict()
        self._lock = Lock()

    def operation(self, text: str, variables: dict[str, object], name: str | None) -> Operation:
        """The operation to run. Raises `TooCostly` before validation, `Refused` where it is not valid."""
        known = self._known(text)
        document = _parsed(text) if known is None else known.document
        check_variables(variables, self._longest_list)
        unfit = unfit_variable(variables) or (unfit_literal(document) if known is None else None)
        if unfit is not None:
            raise Refused([GraphQLError(unfit)])
        size = measure(document, variables, self._lists, self._objects) if known is None else known.size(variables)
        problem = excess(size)
        if problem is not None:
            raise TooCostly(problem)
        if known is None:
            check_repeats(document)
        return (known or self._admitted(text, document)).operation(name, size.price)

    def is_known(self, text: str) -> bool:
        """Whether it was found valid before, and is remembered."""
        return self._known(text) is not None

    def _known(self, text: str) -> _Valid | None:
        with self._lock:
            valid = self._valid_kept.get(text)
            if valid is not None:
                return valid
            valid = self._valid.get(text)
            if valid is not None:
                self._valid.move_to_end(text)
            return valid

    def _admitted(self, text: str, document: DocumentNode) -> _Valid:
        errors = validate(self._schema, document, max_errors=20, hide_suggestions=True)
        if errors:
            raise Refused([_readable(error) for error in errors])
        valid = _Valid(self._schema, document, sizing(document), self._lists, self._objects)
        if text in self._kept:
            self._valid_kept[text] = valid
            return valid
        with self._lock:
            self._valid[text] = valid
            if len(self._valid) > REMEMBERED:
                self._valid.popitem(last=False)
        return valid


def _readable(error: GraphQLError) -> GraphQLError:
    """A value that cannot be read is its sender's mistake, and no defect of ours as graphql-core has it."""
    if not isinstance(error.original_error, ValueError):
        return error
    is_long_number = "set_int_max_str_digits" in str(error.original_error)  # Python reads none of thousands of digits
    return GraphQLError("A number has too many digits to be read." if is_long_number else error.message, error.nodes)


def _parsed(text: str) -> DocumentNode:
    if len(text) > LONGEST_DOCUMENT:
        raise TooCostly(f"The document has {len(text):,} characters; at most {LONGEST_DOCUMENT:,} are read.")
    try:
        return parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        if error.message.endswith(("Parsing aborted.", "too deeply.")):
            raise TooCostly(f"{error.message} At most {MOST_TOKENS:,} tokens are read.") from error
        raise Refused([error]) from error
