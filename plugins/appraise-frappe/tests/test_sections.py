from appraise.testing.hosts.frappe import FakeFrappe
from appraise.testing.sink_conformance import sink_suite
from appraise_frappe.sections import sink

test_sink = sink_suite(sink, FakeFrappe)
