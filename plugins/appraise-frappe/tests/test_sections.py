from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from appraise.adapters.sending import attempt
from appraise.adapters.sinks import HostRefused, SinkOptions
from appraise.domain.employees import ExternalReference
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import WriteBackState, queued
from appraise.errors import InvalidInput
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.hosts.fake import serving
from appraise.testing.hosts.frappe import FakeFrappe
from appraise.testing.sink_conformance import sink_suite
from appraise_frappe.cycles import cycle_of
from appraise_frappe.goals import sink as goals
from appraise_frappe.sections import sink

test_sink = sink_suite(sink, FakeFrappe)
SECTION = finished_section("frappe:id")
AT = datetime(2026, 3, 1, tzinfo=UTC)
FORMULA = "(goal_score * 0.8 + appraise_score * 0.2) if appraise_status == 'SCORED' else goal_score"


def test_the_cycle_s_formula_counts_what_is_written_and_an_absence_is_no_0_in_it() -> None:
    fake = FakeFrappe()
    fake.formula = FORMULA
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        assert fake.final_score(fake.records[0]) == 4.0  # nothing is written yet: the goals alone
        entry = host.plan(SECTION)
        host.read(entry)
        host.write(entry)
        assert fake.final_score(fake.records[0]) == 3.95  # 4 * .8 + 3.75 * .2
        absent = host.plan(absent_section("frappe:id"))
        host.read(absent)
        host.write(absent)
        assert host.read(absent) == absent.fields
        assert (absent.fields["score"], absent.fields["observed"]) == (None, "40")
        assert fake.final_score(fake.records[0]) == 4.0  # and not 3.2


def test_a_declared_scale_goes_before_that_of_ratings_and_its_lowest_value_is_a_score() -> None:
    fake = FakeFrappe()
    lowest = replace(SECTION, total=Decimal(1))
    with serving(fake) as url:
        options = replace(fake.options(url), scale=HostScale(Decimal(0), Decimal(5), Decimal("0.5")))
        with sink.open(options) as host:
            fake.expect(SECTION)
            assert host.plan(SECTION).fields["score"] == "3.5"  # 2.75 of 4 is 3.4375 of 5
            line = queued(SECTION.id, 1, "fake", earlier=None, at=AT)
            line = attempt(line, lowest, host, at=AT, chance=0.5).line
            assert line.state is WriteBackState.CONFIRMED
            assert (line.found or {})["score"] == "0"


def test_words_that_look_like_markup_come_back_as_they_were_written() -> None:
    fake = FakeFrappe()
    item = replace(SECTION.items[0], comment="answers <b>fast</b> & is > calm")
    section = replace(SECTION, items=(item, *SECTION.items[1:]))
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(section)
        entry = host.plan(section)
        host.read(entry)
        host.write(entry)
        assert host.read(entry) == entry.fields
        assert "<b>fast</b> & is > calm" in str(entry.fields["note"])


REFUSED: list[tuple[str, Callable[[FakeFrappe], object]]] = [
    ("has no field appraise_score, .* install the plugin's kit", lambda fake: setattr(fake, "has_kit", False)),
    ("17 has several appraisals in 2025", lambda fake: fake.records.append(fake.records[0])),
    ("17 has no appraisal in 2025", lambda fake: fake.records.clear()),
]


@pytest.mark.parametrize(("words", "change"), REFUSED)
def test_what_frappe_would_take_without_a_word_is_refused_before_it_is_sent(
    words: str, change: Callable[[FakeFrappe], object]
) -> None:
    fake = FakeFrappe()
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        change(fake)
        with pytest.raises(HostRefused, match=words):
            host.plan(SECTION)


def test_a_completed_cycle_is_refused_in_its_own_words() -> None:
    fake = FakeFrappe()
    fake.is_completed = True
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        entry = host.plan(SECTION)
        host.read(entry)
        with pytest.raises(HostRefused, match="Appraisal Cycle with status Completed"):
            host.write(entry)


def test_each_cycle_goes_into_its_own_also_where_they_are_called_otherwise_there() -> None:
    called = SinkOptions("frappe", settings={"cycle": "Appraisal {cycle}"})
    following = replace(SECTION, cycle="2026")
    known = replace(SECTION, cycle_reference=ExternalReference("frappe:cycle", "APC-7"))

    assert [cycle_of(one, called) for one in (SECTION, following, known)] == [
        "Appraisal 2025",
        "Appraisal 2026",
        "APC-7",
    ]
    fixed = SinkOptions(
        "frappe", "https://hr.example.org", "key", settings={"cycle": "Appraisal 2025", "kra": "Service"}
    )
    for one in (sink, goals):
        with (
            pytest.raises(InvalidInput, match="the setting cycle of the host frappe is 'Appraisal 2025'"),
            one.open(fixed),
        ):
            pass
