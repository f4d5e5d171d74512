"""What pages need of the turns that every door of the service takes; `appraise.api.visits` has them."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from starlette.requests import Request

from appraise.domain.access import Principal
from appraise.use_cases.guesses import Guesses

T = TypeVar("T")


class Visits(Protocol):
    """Each raises `HTTPException` where there are too many. `guesses` counts unknown tokens."""

    @property
    def guesses(self) -> Guesses: ...

    async def who(self, request: Request) -> Principal | None:
        """Whoever is signed in."""
        ...

    async def in_turn(self, principal: Principal, work: Callable[[], T], *, is_large: bool = False) -> T:
        """What `work` gives, in their turn."""
        ...

    async def of_address(self, request: Request, work: Callable[[], T], *, token: str | None = None) -> T:
        """The same for whoever is not known yet and comes with the `token` of an issuer, or with none."""
        ...
