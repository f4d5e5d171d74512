from pathlib import Path

from appraise.testing.file_conformance import file_suite
from appraise.testing.host_files import TRIALS
from appraise_successfactors.section_file import sink

test_sink = file_suite(sink, TRIALS["successfactors-csv"], Path(__file__).parent / "fixtures/sections.csv")
