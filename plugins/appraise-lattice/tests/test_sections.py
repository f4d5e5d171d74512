from dataclasses import replace

import pytest

from appraise.adapters.sinks import SinkOptions
from appraise.errors import InvalidInput
from appraise.testing.file_conformance import file_suite, members
from appraise.testing.finished import finished_section
from appraise.testing.host_files import TRIALS
from appraise_lattice.sections import sink

test_sink = file_suite(sink, TRIALS["lattice"])


def test_documents_are_named_by_address_or_id_and_never_twice_alike() -> None:
    section = finished_section("lattice:id", "04/17")
    by_mail, by_id = (
        SinkOptions("lattice", employee=employee, printed=lambda _: b"%PDF") for employee in (None, "lattice:id")
    )
    other = replace(section, cycle="2025 / first half")

    names = members(sink.content([sink.plan(section, by_mail), sink.plan(other, by_mail)], by_mail))
    assert list(names) == ["cleo@example.com_2025---first-half.pdf", "cleo@example.com_2025.pdf"]
    assert list(members(sink.content([sink.plan(section, by_id)], by_id))) == ["04-17_2025.pdf"]
    with pytest.raises(InvalidInput, match="two sections have the name 'cleo@"):
        sink.content([sink.plan(section, by_mail)] * 2, by_mail)
