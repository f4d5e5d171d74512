from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification


class HostileAdapter:
    declaration: ClassVar[Declaration] = Declaration(
        name="hostile",
        title="Hostile files (tests only)",
        format_version="1",
        verification=Verification.VERIFIED,
        files=("hostile people (csv)",),
        reads=("people",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:  # noqa: ARG002
        return ReadPeople((), ())


adapter = HostileAdapter()
