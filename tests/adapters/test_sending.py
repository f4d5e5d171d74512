"""One try at a host: what is written over, what is believed, and what a host that is slow or odd brings about."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from appraise.adapters.sending import attempt
from appraise.adapters.sinks import HostBusy, HostEntry, HostRefused, PlaceLost
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.host_scale import HostScale
from appraise.domain.webhooks import PAUSES
from appraise.domain.write_back import CHECKED_FOR, Values, WriteBack, WriteBackState, again, by_hand, queued
from appraise.testing.finished import finished_section

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECTION = finished_section("hr:id")
EMPTY = {"score": None, "status": None}
OURS = {"score": "69", "status": "SCORED"}
S = WriteBackState


@dataclass
class Host:
    """Holds one place. What it is `asked` for is counted; `after` happens once something was written."""

    held: dict[str, str | None] = field(default_factory=lambda: dict(EMPTY))
    wanted: dict[str, str | None] = field(default_factory=lambda: dict(OURS))
    is_there: bool = True
    writes: int = 0
    after: Callable[[], object] = lambda: None
    trouble: Exception | None = None
    scale: tuple[int, int] = (0, 100)

    def plan(self, section: FinishedSection) -> HostEntry:
        if not self.is_there:
            raise PlaceLost("there is no such place any more")
        HostScale.percent() if self.scale == (0, 100) else HostScale.between(*map(Decimal, self.scale))
        return HostEntry(section.id, section.revision, "the place", dict(self.wanted))

    def read(self, entry: HostEntry) -> Values:
        del entry
        if self.trouble is not None:
            raise self.trouble
        return dict(self.held)

    def write(self, entry: HostEntry) -> None:
        self.writes += 1
        self.held |= entry.fields
        self.after()


def tried(line: WriteBack, host: Host, *, hours: float = 0) -> WriteBack:
    return attempt(line, SECTION, host, at=AT + timedelta(hours=hours), chance=0.5).line


def new(earlier: Values | None = None) -> WriteBack:
    return queued(SECTION.id, 1, "fake", earlier=earlier, at=AT)


def unread(host: Host) -> WriteBack:
    """Taken by the host, which then did not answer what it holds."""

    def silent() -> None:
        host.trouble = HostBusy("did not answer in time")

    host.after = silent
    line = tried(new(), host)
    assert (line.state, host.writes) == (S.SENT, 1)
    host.trouble, host.after = None, lambda: None
    return line


def test_what_was_taken_and_not_read_is_read_later_and_not_written_again() -> None:
    host = Host()

    line = tried(unread(host), host, hours=1)

    assert (line.state, host.writes) == (S.CONFIRMED, 1)


def test_what_somebody_wrote_between_sending_and_reading_is_theirs_also_when_it_is_sent_again() -> None:
    host = Host()
    line = unread(host)
    host.held |= {"score": "90"}

    line = tried(line, host, hours=1)
    assert (line.state, line.differences) == (S.PARTIAL, (("score", "69", "90"),))
    retried = again(line, overwrite=False, at=AT)
    assert isinstance(retried, WriteBack)
    line = tried(retried, host, hours=2)

    assert (line.state, host.held["score"], host.writes) == (S.DRIFTED, "90", 1)


def test_what_was_sent_is_compared_with_what_is_held_also_where_the_host_s_scale_changed_meanwhile() -> None:
    host = Host()
    line = unread(host)
    host.wanted |= {"score": "3"}

    line = tried(line, host, hours=1)

    assert (line.state, line.sent) == (S.CONFIRMED, OURS)


def test_what_the_host_took_is_ours_though_the_line_ended_before_it_was_read() -> None:
    host = Host()
    entered = by_hand(unread(host), "see paper", at=AT)
    assert isinstance(entered, WriteBack)
    host.wanted |= {"score": "80"}

    line = tried(new(entered.left), host, hours=1)

    assert (line.state, host.held["score"]) == (S.CONFIRMED, "80")


def test_a_person_lets_only_that_be_replaced_which_they_saw() -> None:
    host = Host(held={"score": "90", "status": None})
    line = tried(new(), host)
    assert line.state is S.DRIFTED
    decided = again(line, overwrite=True, at=AT)
    assert isinstance(decided, WriteBack)
    host.held |= {"score": "95"}  # somebody is at it still

    line = tried(decided, host, hours=1)
    assert (line.state, host.held["score"], host.writes) == (S.DRIFTED, "95", 0)

    decided = again(line, overwrite=True, at=AT)
    assert isinstance(decided, WriteBack)
    assert (tried(decided, host, hours=2).state, host.held["score"]) == (S.CONFIRMED, "69")


def test_a_place_that_is_gone_is_a_drift_and_another_in_its_stead_is_not_written_over() -> None:
    host = Host()
    line = tried(new(), host)
    assert line.state is S.CONFIRMED
    host.is_there = False

    gone = tried(line, host, hours=24)
    assert (gone.state, gone.problem) == (S.DRIFTED, "there is no such place any more")
    assert gone.next_try_at == AT + timedelta(hours=48)
    host.is_there = True
    assert tried(gone, host, hours=48).state is S.CONFIRMED

    decided = again(gone, overwrite=True, at=AT)
    assert isinstance(decided, WriteBack)
    host.held = {"score": "33", "status": None}
    assert (tried(decided, host, hours=48).state, host.held["score"]) == (S.DRIFTED, "33")
    host.is_there = False
    assert tried(new(), host).state is S.REJECTED


@pytest.mark.parametrize("trouble", [HostRefused("the employee is not active"), PlaceLost("gone"), HostBusy("busy")])
def test_what_cannot_be_looked_at_is_looked_at_another_day_and_no_longer_than_others(trouble: Exception) -> None:
    host = Host()
    line = tried(new(), host)
    host.trouble = trouble
    tired = replace(line, tries=len(PAUSES))

    soon = tried(tired, host, hours=24)
    late = tried(tired, host, hours=24 * CHECKED_FOR.days)

    assert (soon.state, soon.problem) == (S.DRIFTED if isinstance(trouble, PlaceLost) else S.CONFIRMED, str(trouble))
    assert (soon.next_try_at, late.next_try_at) == (AT + timedelta(hours=48), None)


def test_an_absence_that_arrived_as_a_zero_is_no_confirmation() -> None:
    host = Host(wanted={"score": None, "status": "NOT_OBSERVED"})
    host.after = lambda: host.held.update(score="0")

    line = tried(new(), host)

    assert (line.state, line.differences) == (S.PARTIAL, (("score", None, "0"),))


@pytest.mark.parametrize("scale", [(5, 5), (5, 1)])
def test_a_scale_of_the_host_that_cannot_be_one_rejects_the_section_and_no_other(scale: tuple[int, int]) -> None:
    line = tried(new(), Host(scale=scale))

    assert (line.state, line.problem) == (S.REJECTED, f"a scale from {scale[0]} to {scale[1]} in steps of 1")


def test_a_try_that_is_killed_after_the_host_was_written_is_confirmed_by_the_next_without_writing() -> None:
    host = Host()
    before = new()

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    host.after = die
    with pytest.raises(Killed):
        tried(before, host)
    host.after = lambda: None

    line = tried(before, host, hours=1)  # the ledger knows of nothing

    assert (line.state, host.writes, line.sent) == (S.CONFIRMED, 1, OURS)


def test_a_try_that_is_killed_leaves_what_somebody_wrote_after_it() -> None:
    host = Host(held={**OURS, "score": "12"})

    line = tried(replace(new(), tries=1), host)

    assert (line.state, host.writes, host.held["score"]) == (S.DRIFTED, 0, "12")
