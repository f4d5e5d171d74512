from pathlib import Path

from appraise.testing.file_conformance import file_suite
from appraise.testing.host_files import TRIALS
from appraise_small_improvements.sections import sink

test_sink = file_suite(sink, TRIALS["small-improvements"], Path(__file__).with_name("sections.csv"))
