"""A deed under the caller's own key: a repeated request finds it done and does it no second time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from appraise.domain.access import Principal
from appraise.domain.sections import Refusal
from appraise.storage import idempotency
from appraise.storage.database import Session
from appraise.storage.documents import digest
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor

T = TypeVar("T")
R = TypeVar("R")


UNDONE: Final = object()
"""What is told where nothing was done though nothing was refused: the key stays free."""


class _Repeated(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, kept: Any) -> None:
        super().__init__()
        self.kept = kept


@dataclass(slots=True)
class Once:
    """What `committed` keeps with the first transaction of a use case, and only if that was not refused.

    `told` makes of what came of it the ids by which it is read again: never a secret, and nobody's words; or UNDONE.
    """

    owner: str
    key: str
    body_hash: str
    at: datetime
    told: Callable[[Any], Any]

    def around(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        def keyed(session: Session) -> T:
            known = idempotency.answer(session, self.owner, self.key, body_hash=self.body_hash)
            if known is not None:
                raise _Repeated(known["of"])
            outcome = work(session)
            if not isinstance(outcome, Refusal):
                told = self.told(outcome)
                if told is not UNDONE:
                    answer = {"of": told}
                    idempotency.keep(session, self.owner, self.key, body_hash=self.body_hash, answer=answer, at=self.at)
            return outcome

        return keyed


def once(  # noqa: PLR0913  # who asked for what, under which key, how it is done and read again
    deployment: Deployment,
    principal: Principal,
    key: str | None,
    body: Any,
    deed: Callable[[Deployment], T],
    *,
    told: Callable[[Any], Any],
    again: Callable[[Any], R],
    at: datetime,
) -> T | R:
    """What comes of `deed`, a use case with one transaction; of a repeated one what `again` makes of what was kept.

    `body` is all that the caller sent: it tells a repetition from another request. Without a key the deed is done each
    time. Raises what the deed raises, and `Conflict` where the key was used for another request.
    """
    if key is None:
        return deed(deployment)
    held = Once(Actor.of(principal).id, key, digest(body), at, told)
    with deployment.database.reading() as session:  # before the deed finds that what it is about is gone
        known = idempotency.kept(session, held.owner, key, body_hash=held.body_hash)
    if known is not None:
        return again(known["of"])
    try:
        return deed(replace(deployment, once=held))
    except _Repeated as repeated:
        return again(repeated.kept)
