"""Pages of a list, in Relay's form with `nodes` as a short cut."""

from dataclasses import dataclass
from typing import Any, Final, Self

import strawberry

from appraise.domain.reading import Page
from appraise.errors import InvalidInput

LARGEST_PAGE: Final = 1_000
"""What a page costs is limited besides, so that only pages of few fields are that large."""
MOST_IDS: Final = 100
"""Of what can be asked for by a list of ids."""


@dataclass(frozen=True, slots=True)
class Window:
    """The paging arguments, checked: refused rather than clamped, so that nobody silently gets less."""

    first: int
    after: str | None

    def __post_init__(self) -> None:
        if not 1 <= self.first <= LARGEST_PAGE:
            raise InvalidInput(f"first is {self.first}", expected=f"1 to {LARGEST_PAGE}")


@strawberry.type(name="PageInfo", description="Where a page lies in its list. Lists are read forwards.")
class PageInfoType:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether the page began after a cursor.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first entry; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Pass it as `after` to read on; null on an empty page.")

    @classmethod
    def of(cls, page: Page[Any], window: Window) -> Self:
        return cls(
            has_next_page=page.has_next,
            has_previous_page=window.after is not None,
            start_cursor=page.cursor(0),
            end_cursor=page.end_cursor,
        )
