from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from appraise.adapters.sending import Reach, attempt
from appraise.adapters.sinks import HostLocked, HostRefused
from appraise.domain.write_back import WriteBackState, queued
from appraise.errors import InvalidInput
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.hosts.fake import Record, serving
from appraise.testing.hosts.orangehrm import FakeOrange, FakeOrangeOfFive, Kept
from appraise.testing.sink_conformance import sink_suite
from appraise_orangehrm.sections import sink

test_sink = sink_suite(sink, FakeOrange)
test_sink_with_a_kpi_of_1_to_5 = sink_suite(sink, FakeOrangeOfFive)
SECTION = finished_section("orangehrm:emp-number")
AT = datetime(2026, 3, 1, tzinfo=UTC)
LINE = queued(SECTION.id, 1, "fake", earlier=None, at=AT)


def test_each_token_is_used_once_and_the_next_is_kept_before_it_is_needed() -> None:
    fake, kept = FakeOrange(), Kept(FakeOrange.secret)
    with serving(fake) as url:
        options = replace(fake.options(url), renew=kept.renew)
        with sink.open(options) as host:
            fake.expect(SECTION)
            host.write(host.plan(SECTION))
            assert (fake.exchanges, kept.text) == (1, "refresh-1")
        with sink.open(options) as host:
            host.plan(SECTION)
            assert (fake.exchanges, kept.text) == (2, "refresh-2")
        fake.ends_in = 30  # less than a minute is left from the beginning
        with sink.open(options) as host:
            host.plan(SECTION)
            assert fake.exchanges == 4, "an access token was used until it ended"


def test_a_refresh_token_that_ended_locks_us_out_and_says_what_is_to_be_done() -> None:
    fake, kept = FakeOrange(), Kept("refresh-of-last-year")
    with serving(fake) as url, sink.open(replace(fake.options(url), renew=kept.renew)) as host:
        fake.expect(SECTION)
        with pytest.raises(HostLocked, match=r"The refresh token is invalid.*allow Appraise anew"):
            host.plan(SECTION)
        tried = attempt(LINE, SECTION, host, at=AT, chance=0.5)
    assert (tried.line.state, tried.line.tries, tried.reach) == (WriteBackState.QUEUED, 0, Reach.LOCKED)
    assert kept.text == "refresh-of-last-year"


@pytest.mark.parametrize(("lowest", "highest", "rating"), [(0, 100, "69"), (1, 5, "4"), (0, 10, "7"), (10, 50, "38")])
def test_a_total_takes_the_bounds_of_the_kpi(lowest: int, highest: int, rating: str) -> None:
    """3.75 of 1 to 5 is 2.75 of 4 steps: .6875 of the way."""
    fake = FakeOrange()
    fake.lowest, fake.highest = lowest, highest  # type: ignore[misc]  # of this one host
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        assert attempt(LINE, SECTION, host, at=AT, chance=0.5).line.state is WriteBackState.CONFIRMED
        assert Decimal(str(fake.records[0].number)) == Decimal(rating)


def test_a_kpi_whose_bounds_are_one_rejects_the_section() -> None:
    fake = FakeOrange()
    fake.lowest = fake.highest = 5  # type: ignore[misc]  # of this one host
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        line = attempt(LINE, SECTION, host, at=AT, chance=0.5).line
    assert (line.state, line.problem) == (WriteBackState.REJECTED, "a scale from 5 to 5 in steps of 1")


def test_an_absence_that_the_kpi_cannot_hold_is_rejected_and_no_number_is_written() -> None:
    fake = FakeOrangeOfFive()
    fake.takes_empty = False
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        absent = absent_section("orangehrm:emp-number")
        line = attempt(LINE, absent, host, at=AT, chance=0.5).line
    assert line.state is WriteBackState.REJECTED
    assert "Invalid Parameter" in (line.problem or "")
    assert fake.records[0].number is None


DAYS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"due": "2025-12-20"}, True),
    ({"start": "2024-01-01", "end": "2024-12-31", "due": "2025-02-15"}, False),  # due in the section's year
    ({"start": "2026-01-01", "end": "2026-12-31", "due": "2026-12-31"}, False),
    ({"start": "2024-12-15", "end": "2025-12-14", "due": "2026-01-31"}, True),
    ({"start": "2024-01-01", "end": "2026-12-31", "due": "2026-12-31"}, False),  # of three years
]


@pytest.mark.parametrize(("days", "is_it"), DAYS)
def test_a_total_goes_into_the_review_of_its_own_period_whenever_that_is_due(days: dict[str, str], is_it: bool) -> None:
    fake = FakeOrange()
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.known.add("17")
        fake.records.append(Record("17", text={"comment": None, "days": days}))
        if is_it:
            assert host.plan(SECTION).key["review"] == "1"
        else:
            with pytest.raises(HostRefused, match="employee 17 has 0 reviews of 2025-01-01"):
                host.plan(SECTION)


def test_a_long_comment_is_cut_and_keeps_its_receipt_and_an_item_that_weighs_nothing_has_no_rating() -> None:
    context = replace(SECTION.items[0], rating=None, comment="so and so " * 400)
    fake, section = FakeOrange(), replace(SECTION, items=(context, *SECTION.items[1:]))
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(section)
        comment = str(host.plan(section).fields["comment"])
    assert len(comment) == 2_000
    assert comment.startswith("Appraise: SCORED, total 3.75 of 5; Satisfaction: not rated. so and so")
    assert comment.endswith("…; Appraise 3hTq7section, revision 1")


@pytest.mark.parametrize("change", [{"renew": None}, {"settings": {}}])
def test_what_it_needs_is_asked_for(change: dict[str, object]) -> None:
    without: Callable[..., object] = replace
    with (
        pytest.raises(InvalidInput, match="lacks its client or its secret"),
        sink.open(
            without(FakeOrange().options("https://hr.example.org"), **change)  # type: ignore[arg-type]
        ),
    ):
        pass
