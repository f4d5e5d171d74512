"""Protected attributes never reach scoring, the API, pages or exports: nothing there can import their store."""

import subprocess
import sys

import grimp
import pytest

from appraise.storage.protected import _METADATA
from appraise.storage.tables import METADATA

STORE = "appraise.storage.protected"
VERBS = {
    "appraise.use_cases.import_protected_attributes",
    "appraise.use_cases.erase_protected_attributes",
    "appraise.use_cases.report_adverse_impact",
}
COMMANDS = {
    "appraise.cli",
    "appraise.cli.fairness",
    "appraise.cli.fairness_output",
    "appraise.cli.fairness_report",
    "appraise.__main__",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("appraise", cache_dir=None)


def test_only_the_fairness_use_cases_and_their_commands_reach_the_store(graph: grimp.ImportGraph) -> None:
    """Directly or through anything else; imports inside functions count."""
    assert graph.find_downstream_modules(STORE) == VERBS | COMMANDS


@pytest.mark.parametrize("package", ["scoring", "statistics", "events", "adapters", "api", "console", "testing", "web"])
def test_no_chain_of_imports_leads_from_a_package_to_the_store(graph: grimp.ImportGraph, package: str) -> None:
    assert graph.find_shortest_chains(f"appraise.{package}", STORE, as_packages=True) == set()


def test_a_server_never_loads_the_store() -> None:
    program = (
        f"import sys, appraise.web, appraise.bootstrap, appraise.use_cases.score_cycle; print({STORE!r} in sys.modules)"
    )

    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "False"


def test_the_records_have_no_table_of_it() -> None:
    assert set(_METADATA.tables).isdisjoint(METADATA.tables)
    assert set(_METADATA.tables) == {"protected_attributes"}
