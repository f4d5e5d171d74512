"""The interface of everything that has a global id."""

import strawberry


@strawberry.interface(description="Anything that can be read again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque; the same for ever, unique over all types.")
