"""What several threads want done at the same time, done together by whoever comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    wanted: T
    is_done: bool = False


class Gathering(Generic[T]):
    """Safe to share between threads.

    While one does the work, others wait; then one of them does all that waits, at once. Nobody goes on before what
    they wanted is done. Where the work fails, only whoever did it has its error, and the others begin anew.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting[T]] = []
        self._adding, self._turn = Lock(), Lock()

    def done(self, wanted: T, work: Callable[[list[T]], None]) -> None:
        """`work` takes all that is wanted, in the order in which it was asked for."""
        mine = _Waiting(wanted)
        with self._adding:
            self._waiting.append(mine)
        with self._turn:
            if mine.is_done:
                return
            with self._adding:
                together, self._waiting = self._waiting, []
            try:
                work([each.wanted for each in together])
            except BaseException:
                with self._adding:
                    self._waiting[:0] = [each for each in together if each is not mine]
                raise
            for each in together:
                each.is_done = True
