from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraise.adapters.sending import attempt
from appraise.adapters.sinks import HostRefused
from appraise.domain.employees import ExternalReference
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.host_scale import HostScale
from appraise.domain.periods import Period
from appraise.domain.write_back import WriteBackState, queued
from appraise.errors import InvalidInput
from appraise.testing.finished import finished_section
from appraise.testing.hosts.fake import serving
from appraise.testing.hosts.successfactors import FakeSuccessFactors
from appraise.testing.sink_conformance import sink_suite
from appraise_successfactors.sections import SuccessFactorsHost, sink

test_sink = sink_suite(sink, FakeSuccessFactors)
SECTION = finished_section("successfactors:userid")
AT = datetime(2026, 3, 1, tzinfo=UTC)

Change = Callable[[FakeSuccessFactors], object]
REFUSED: list[tuple[str, Change]] = [
    ("has no element appraise_note", lambda fake: fake.elements.pop("appraise_note")),
    ("takes numbers, not 'SCORED'", lambda fake: fake.elements["appraise_status"].update(type="Number")),
    ("holds 3 characters, not 6", lambda fake: fake.elements["appraise_status"].update(textMaximumLength=3)),
    ("has 2 forms of the template 302", lambda fake: fake.records.append(fake.records[0])),
]


def test_what_the_host_would_take_without_a_word_is_refused_before_it_is_sent() -> None:
    fake = FakeSuccessFactors()
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        for words, change in REFUSED:
            fake.reset()
            fake.expect(SECTION)
            change(fake)
            with pytest.raises(HostRefused, match=words):
                host.plan(SECTION)

        fake.reset()
        fake.expect(SECTION)
        with pytest.raises(HostRefused, match="has 0 forms"):  # another year's form is not this one's
            host.plan(replace(SECTION, period=Period(AT.date(), None)))
        fake.elements["appraise_note"]["textMaximumLength"] = 60
        note = host.plan(SECTION).fields["note"] or ""
        assert len(note) == 60
        assert note.endswith("…; Appraise 3hTq7section, revision 1")


def test_a_form_that_has_moved_on_is_not_written_and_still_looked_at() -> None:
    fake = FakeSuccessFactors()
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        for words, change in (
            ("is not in the inbox of appraise (step Appraise)", lambda: setattr(fake, "folder", "En Route")),
            ("may not be written in this step", lambda: fake.elements["appraise_score"].update(editable=False)),
        ):
            fake.reset()
            fake.expect(SECTION)
            line = queued(SECTION.id, 1, "sf", earlier=None, at=AT)
            change()
            refused = attempt(line, SECTION, host, at=AT, chance=0.5).line
            assert (refused.state, fake.records[0].number) == (WriteBackState.REJECTED, None)
            assert words in (refused.problem or "")

            fake.reset()
            fake.expect(SECTION)
            line = attempt(line, SECTION, host, at=AT, chance=0.5).line
            assert line.state is WriteBackState.CONFIRMED
            change()
            line = attempt(line, SECTION, host, at=AT, chance=0.5).line
            assert line.state is WriteBackState.CONFIRMED
            fake.edit()
            assert attempt(line, SECTION, host, at=AT, chance=0.5).line.state is WriteBackState.DRIFTED


def test_the_scale_is_the_element_s_and_steps_are_declared() -> None:
    fake = FakeSuccessFactors()
    with serving(fake) as url:
        fake.expect(SECTION)
        fake.elements["appraise_score"] |= {"minimumValue": 1.0, "maximumValue": 5.0}
        values = []
        for scale in (None, HostScale(Decimal(1), Decimal(5), Decimal("0.5")), HostScale.percent()):
            with sink.open(replace(fake.options(url), scale=scale)) as host:
                assert isinstance(host, SuccessFactorsHost)
                values.append(host.plan(replace(SECTION, total=Decimal("3.4"))).fields["score"])
    # to the nearest whole, to the nearest half; and a declared 0 to 100 is not this element's
    assert values == ["3", "3.5", "3"]


SPACE = "successfactors"


def known_by(*references: tuple[str, str]) -> FinishedSection:
    return replace(SECTION, references=tuple(ExternalReference(f"{SPACE}:{kind}", value) for kind, value in references))


@pytest.mark.parametrize(
    ("find_by", "employee", "section", "users"),
    [
        (None, None, known_by(("userid", "17a"), ("userid", "17")), {}),
        ("username", None, known_by(("username", "o'neil")), {("username", "o'neil"): ("17",)}),
        (
            "assignmentIdExternal",
            None,
            known_by(("assignment-id-external", "A1")),
            {("assignmentIdExternal", "A1"): ("17",)},
        ),
        (
            "personIdExternal",
            "successfactors:badge",
            known_by(("badge", "P1")),
            {("personIdExternal", "P1"): ("17a", "17")},
        ),
    ],
)
def test_a_person_is_found_by_any_of_their_users_and_by_the_id_that_is_declared(
    find_by: str | None, employee: str | None, section: FinishedSection, users: dict[tuple[str, str], tuple[str, ...]]
) -> None:
    fake = FakeSuccessFactors()
    with serving(fake) as url:
        fake.expect(SECTION)
        fake.users = users
        options = fake.options(url)
        settings = options.settings if find_by is None else {**options.settings, "find_by": find_by}
        with sink.open(replace(options, settings=settings, employee=employee)) as host:
            assert host.plan(section).place == "form 1 of 17"


def test_whoever_is_not_found_is_rejected_with_what_is_known_and_what_to_do() -> None:
    fake = FakeSuccessFactors()
    with serving(fake) as url:
        options = fake.options(url)
        line, elsewhere = queued(SECTION.id, 1, "sf", earlier=None, at=AT), known_by(("username", "cleo"))
        with sink.open(options) as host:
            rejected = attempt(line, elsewhere, host, at=AT, chance=0.5).line
        assert rejected.state is WriteBackState.REJECTED
        assert rejected.problem == (
            "Cleo O'Neil has no id in successfactors:userid, but in successfactors:username: import the host's own list"
            " of people, or name another namespace as `employee` of the host"
        )
        with sink.open(replace(options, settings={**options.settings, "find_by": "username"})) as host:
            rejected = attempt(line, elsewhere, host, at=AT, chance=0.5).line
        assert rejected.problem == "the host knows nobody whose username is cleo"
        with (
            pytest.raises(InvalidInput, match="is to find people by 'email'"),
            sink.open(replace(options, settings={**options.settings, "find_by": "email"})),
        ):
            pass


@pytest.mark.parametrize(
    ("first", "last", "is_it"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), True),  # its last day is the next year's first
        (date(2024, 1, 1), date(2025, 1, 1), False),
        (date(2025, 7, 1), date(2026, 6, 30), True),
        (date(2024, 6, 1), date(2025, 5, 31), False),
        (date(2023, 1, 1), date(2027, 12, 31), False),
    ],
)
def test_a_total_goes_into_the_form_of_its_own_period(first: date, last: date, is_it: bool) -> None:
    fake = FakeSuccessFactors()
    days = {"formReviewStartDate": first, "formReviewEndDate": last}
    epoch = date(1970, 1, 1)
    fake.reviewed = {name: f"/Date({(day - epoch).days * 86_400_000})/" for name, day in days.items()}
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(SECTION)
        if is_it:
            assert host.plan(SECTION).key["data"] == "1"
        else:
            with pytest.raises(HostRefused, match="has 0 forms of the template 302"):
                host.plan(SECTION)
