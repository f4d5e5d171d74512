from pathlib import Path

from appraise.testing.conformance import conformance_suite, golden_files
from appraise_shopify import adapter

FIXTURES = golden_files(Path(__file__).parent / "fixtures", "shopify", of_people=False)

test_adapter = conformance_suite(adapter, examples=FIXTURES)
