from appraise.testing.hosts.odoo import FakeOdoo
from appraise.testing.sink_conformance import sink_suite
from appraise_odoo.sections import sink

test_sink = sink_suite(sink, FakeOdoo)
