from appraise.testing.hosts.frappe_goals import FakeFrappeGoals
from appraise.testing.sink_conformance import sink_suite
from appraise_frappe.goals import sink

test_sink = sink_suite(sink, FakeFrappeGoals)
