"""Which code and which libraries a run was computed with: the digits are theirs too."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

LIBRARIES: Final = ("duckdb", "ibis-framework", "numpy", "pyarrow", "scipy")
SOURCES: Final = ("domain", "events", "scoring", "statistics")
"""The packages of Appraise in which figures come about."""


@cache
def software(engine: str = "duckdb") -> tuple[tuple[str, str], ...]:
    """Names with versions; of Appraise's own sources a hash, as one version may be built from several states.

    `engine` is the name of its Ibis backend: the library of any other than DuckDB is named too.
    """
    others = () if engine == "duckdb" else ((engine, version(engine)),)
    return (
        ("appraise sources", _sources()[:12]),
        ("python", platform.python_version()),
        *((name, version(name)) for name in LIBRARIES),
        *others,
        ("machine", platform.machine()),
    )


def _sources() -> str:
    """SHA-256 over names and contents of the source files."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(path for package in SOURCES for path in (root / package).rglob("*.py")):
        content = path.read_bytes()
        found.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()
