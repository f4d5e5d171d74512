"""A request's time: when it is over, the statement that runs is stopped and no other one begins."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

from appraise.errors import TimedOut


class Deadline:
    """Made by whoever watches the clock, who calls `expire` from another thread, again and again until the work ends.

    Repeating is needed: a statement that begins just after an interrupt is not met by it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self.is_change = False
        """Of records, which goes on though whoever asked for it has gone."""
        self._running: list[Any] = []
        self._lock = Lock()

    def expire(self) -> None:
        with self._lock:
            self.is_over = True
            for connection in self._running:
                if isinstance(connection, sqlite3.Connection):
                    connection.interrupt()
                else:
                    connection.cancel_safe(timeout=1)

    def check(self) -> None:
        """Raises `TimedOut` once the time is over."""
        if self.is_over:
            raise TimedOut(
                f"the request took longer than {self.seconds:g} s and was stopped",
                expected="an answer in less time",
                hint="ask for fewer fields or a smaller page",
            )

    @contextmanager
    def watching(self, connection: Any) -> Iterator[None]:
        """From `begin` to `end`."""
        self.begin(connection)
        try:
            yield
        finally:
            self.end(connection)

    def begin(self, connection: Any) -> None:
        """What runs on the driver's `connection` is stopped when the time is over, until `end` is called.

        Raises `TimedOut` where it is over already.
        """
        with self._lock:
            self.check()
            self._running.append(connection)

    def end(self, connection: Any) -> None:
        with self._lock:  # nobody else's statement is stopped once the connection went back
            self._running.remove(connection)


DEADLINE: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
"""The deadline of the request that this thread works for; none for commands."""
