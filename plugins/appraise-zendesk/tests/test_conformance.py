from pathlib import Path

from appraise.testing.conformance import conformance_suite, golden_files
from appraise_zendesk import adapter

FIXTURES = golden_files(Path(__file__).parent / "fixtures", "zendesk", of_people=False)

test_adapter = conformance_suite(adapter, examples=FIXTURES)
