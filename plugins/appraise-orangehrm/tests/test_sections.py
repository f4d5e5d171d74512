from appraise.testing.hosts.orangehrm import FakeOrange
from appraise.testing.sink_conformance import sink_suite
from appraise_orangehrm.sections import sink

test_sink = sink_suite(sink, FakeOrange)
