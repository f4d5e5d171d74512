from pathlib import Path

from appraise.testing.conformance import conformance_suite, golden_files
from appraise_successfactors import adapter

test_adapter = conformance_suite(adapter, examples=golden_files(Path(__file__).parent / "fixtures", "successfactors"))
