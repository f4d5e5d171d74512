from appraise.testing.hosts.horilla import FakeHorilla
from appraise.testing.sink_conformance import sink_suite
from appraise_horilla.sections import sink

test_sink = sink_suite(sink, FakeHorilla)
