from pathlib import Path

from appraise.testing.file_conformance import file_suite
from appraise.testing.host_files import TRIALS
from appraise_15five.sections import sink

test_sink = file_suite(sink, TRIALS["15five"], Path(__file__).with_name("sections.csv"))
