from appraise.testing.conformance import conformance_suite
from appraise_shopify import adapter

test_adapter = conformance_suite(adapter)
