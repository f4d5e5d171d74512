"""All errors of Appraise, grouped by what happens next.

AppraiseError
├── Problem            somebody must change something: an input, a setting, a request. Shown to users as it is.
│   ├── NotFound       no such thing, or not yours to see (the two look alike)
│   ├── Forbidden      the principal may not do this
│   ├── Unauthenticated  who it is cannot be told by the credential; UnknownCredential where it never was good
│   ├── Conflict       somebody else was faster, or the state does not allow it
│   ├── InvalidInput   a file, mapping, setting or argument is not what was expected
│   ├── NotEnough      the data cannot support the answer; a result is refused, never invented
│   └── TimedOut       the request took too long and was stopped; less must be asked
├── Retriable          the same call may succeed later (lock, lost connection)
└── Fatal              a broken installation or a defect; nothing a caller can do
"""

from dataclasses import dataclass


class AppraiseError(Exception):
    """Base of every error that Appraise raises on purpose."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an input something was found; `row` counts as a spreadsheet does, header rows included."""

    file: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file or ""]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column!r}")
        return ", ".join(part for part in parts if part)


class Problem(AppraiseError):  # noqa: N818  # users read the word; "ProblemError" says it twice
    """Something a person can mend.

    `found` says what is wrong, `place` where, `expected` what would have been right, `hint` what to do.
    `code` is stable and safe for programs.
    """

    code = "PROBLEM"

    def __init__(
        self,
        found: str,
        *,
        expected: str | None = None,
        hint: str | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        lines = [self.found]
        if self.place is not None and str(self.place):
            lines.append(f"  where:    {self.place}")
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.hint is not None:
            lines.append(f"  to do:    {self.hint}")
        return "\n".join(lines)


class NotFound(Problem):
    code = "NOT_FOUND"


class Forbidden(Problem):
    code = "FORBIDDEN"


class Unauthenticated(Problem):
    code = "UNAUTHENTICATED"


class UnknownCredential(Unauthenticated):
    """One that never was good, as far as is known: whoever sends many of them guesses."""


class Conflict(Problem):
    code = "CONFLICT"


class InvalidInput(Problem):
    code = "BAD_USER_INPUT"


class NotEnough(Problem):
    code = "NOT_ENOUGH_EVIDENCE"


class TimedOut(Problem):
    code = "TIMEOUT"


class Retriable(AppraiseError):  # noqa: N818  # named by what to do next
    """The same call may succeed later: a lock was held, a connection was lost."""


class Fatal(AppraiseError):  # noqa: N818  # named by what to do next
    """The installation is broken or Appraise has a defect; retrying cannot help."""
