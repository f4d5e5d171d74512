from dataclasses import replace
from pathlib import Path

from appraise.adapters.sinks import SinkOptions
from appraise.testing.file_conformance import file_suite, text_of
from appraise.testing.finished import finished_section
from appraise.testing.host_files import TRIALS
from appraise_small_improvements.sections import sink

test_sink = file_suite(sink, TRIALS["small-improvements"], Path(__file__).with_name("sections.csv"))


def test_a_section_that_nobody_reviewed_says_so() -> None:
    options, section = SinkOptions("file"), replace(finished_section("hr:id"), is_unreviewed=True)

    assert "revision 1; provisional, not reviewed" in text_of(sink.content([sink.plan(section, options)], options))
