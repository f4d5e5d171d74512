from dataclasses import replace

import pytest

from appraise.adapters.sinks import FileSink, HostRefused, SinkOptions
from appraise.domain.employees import ExternalReference
from appraise.errors import InvalidInput
from appraise.testing.file_conformance import proven_file
from appraise.testing.finished import finished_section
from appraise.testing.host_files import TRIALS
from appraise_csv.papers import pdf_sink
from appraise_csv.sections import csv_sink, json_lines_sink


@pytest.mark.parametrize("sink", [csv_sink, json_lines_sink, pdf_sink], ids=lambda sink: sink.declaration.name)
def test_sink(sink: FileSink) -> None:
    failed = {name: problem for name, problem in proven_file(sink, TRIALS[sink.declaration.name]).items() if problem}

    assert not failed


def test_a_section_that_nobody_reviewed_says_so() -> None:
    section, options = finished_section("hr:id"), SinkOptions("table", employee="hr:id")

    assert csv_sink.plan(section, options).fields["reviewed"] == "yes"
    assert csv_sink.plan(replace(section, is_unreviewed=True), options).fields["reviewed"] == "no"


def test_a_document_is_named_as_the_customer_says_and_stays_in_its_archive() -> None:
    section = finished_section("hr:id", "../17")
    options = SinkOptions("paper", employee="hr:id", settings={"file_name": "appraisal-{cycle}-{employee}"})

    assert pdf_sink.plan(section, options).place == "appraisal-2025-..-17.pdf"
    for pattern in ("{name}", "a/{employee}"):
        with pytest.raises(InvalidInput, match="the setting file_name is"):
            pdf_sink.plan(section, SinkOptions("paper", employee="hr:id", settings={"file_name": pattern}))


def test_a_file_without_names_has_no_address_in_place_of_an_id() -> None:
    section = replace(
        finished_section("hr:id", "17"),
        email="ann@example.org",
        references=(ExternalReference("hr:id", "17"), ExternalReference("till:badge", "b-17")),
    )

    assert csv_sink.plan(section, SinkOptions("table")).key["employee"] == "ann@example.org"
    with pytest.raises(HostRefused, match="know people by id"):
        csv_sink.plan(section, SinkOptions("table", settings={"names": "no"}))
