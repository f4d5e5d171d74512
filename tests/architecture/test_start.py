"""What a command does not need it does not import: scientific libraries cost more time than a small export."""

import json
import subprocess
import sys
from pathlib import Path

from appraise.bootstrap import initialise
from appraise.settings import Settings

PROGRAM = """
import json, sys
from appraise.cli import main
try:
    main()
except SystemExit as ended:
    if ended.code:
        raise
finally:
    sys.stderr.write(json.dumps(sorted(sys.modules)))
"""
SCIENTIFIC = {"scipy", "ibis", "sqlglot", "pandas", "appraise.scoring"}
SURFACES = {"alembic", "strawberry", "graphql", "starlette", "granian", "weasyprint", "pyspark", "appraise.web"}
STORES = {"sqlalchemy", "sqlmodel", "psycopg", "duckdb", "deltalake", "pyarrow", "numpy"}
EXPORT = "Order,Created at,Customer,Total,Currency\n1,2025-03-01 10:00:00,7,12.50,EUR\n"
MAPPING = """kind = "purchases"
time_zone = "UTC"
columns = { event_id = "Order", order_id = "Order", occurred_at = "Created at", customer_key = "Customer", \
amount = "Total", currency = "Currency" }
constants = { kind = "purchase" }
"""


def loaded(*arguments: str, data: Path) -> set[str]:
    """The modules of a process that ran a command."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={"APPRAISE_DATA": str(data)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_help_imports_neither_stores_nor_science(tmp_path: Path) -> None:
    assert loaded("--help", data=tmp_path) & (SCIENTIFIC | SURFACES | STORES) == set()


def test_an_import_of_events_loads_nothing_of_scoring_and_of_the_surfaces(tmp_path: Path) -> None:
    data, export, mapping = tmp_path / "data", tmp_path / "orders.csv", tmp_path / "orders.toml"
    initialise(Settings(data=data))
    export.write_text(EXPORT, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")

    found = loaded("import", "csv", str(export), "--mapping", str(mapping), "--quiet", data=data)

    assert found & (SCIENTIFIC | SURFACES) == set()
    assert {"duckdb", "deltalake"} <= found
