"""`appraise new-adapter`: a package that keeps the adapter contract, with the mapping left to fill in."""

import re
from pathlib import Path
from string import Template

from appraise.cli.output import console
from appraise.errors import InvalidInput

_PROJECT = Template("""\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "appraise-$name"
version = "0.1.0"
description = "Appraise adapter: $name"
requires-python = ">=3.11"
dependencies = ["appraise"]

[tool.hatch.build.targets.wheel]
packages = ["src/appraise_$module"]

[project.entry-points."appraise.adapters"]
$name = "appraise_$module:adapter"
""")
_INIT = Template('''\
"""Appraise adapter for $name."""

from appraise_$module.adapter import adapter

__all__ = ["adapter"]
''')
_ADAPTER = Template('''\
"""People out of tables that $name exports."""

from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Declaration, ImportOptions, ReadPeople, Verification
from appraise.adapters.people import ManagerColumn, PeopleFormat, people_of, table_rows
from appraise.domain.employees import EmploymentStatus

EXPORT = PeopleFormat(
    title="$name export",
    columns={
        "id": ("Employee ID",),
        "given_name": ("First Name",),
        "family_name": ("Last Name",),
    },
    ids={"id": "id"},
    managers=(),
    statuses={},
)


class Adapter:
    declaration: ClassVar[Declaration] = Declaration(
        name="$name",
        title="$name",
        format_version="no export was seen yet",
        verification=Verification.UNVERIFIED,
        files=("export (csv, xlsx)",),
        reads=("people",),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        return people_of(table_rows(path, options, EXPORT), EXPORT, options, path)


adapter = Adapter()
''')
_TEST = Template("""\
from pathlib import Path

from appraise.testing.conformance import conformance_suite, golden_files
from appraise_$module import adapter

test_adapter = conformance_suite(adapter, examples=golden_files(Path(__file__).parent / "fixtures", "$name"))
""")


def write_package(name: str, directory: Path) -> None:
    """Raises `InvalidInput` for a name that no package can have, and where there is such a directory already."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InvalidInput(
            f"the name {name!r} is no plain word", expected="small letters and digits, e.g. acme or acme-hr"
        )
    root = directory / f"appraise-{name}"
    if root.exists():
        raise InvalidInput(f"there is a directory {root.name} already", hint="choose another name or directory")
    module = name.replace("-", "_")
    files = {
        "pyproject.toml": _PROJECT,
        f"src/appraise_{module}/__init__.py": _INIT,
        f"src/appraise_{module}/adapter.py": _ADAPTER,
        f"src/appraise_{module}/py.typed": Template(""),
        "tests/test_conformance.py": _TEST,
        "tests/fixtures/people.csv": Template("Employee ID,First Name,Last Name\n0042,Ann,Lee\n"),
        "tests/fixtures/people.csv.golden.txt": Template(""),
    }
    for path, template in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(template.substitute(name=name, module=module), encoding="utf-8")
    console.print(f"Wrote {root}; next: docs/write-an-adapter.md", soft_wrap=True, highlight=False)
