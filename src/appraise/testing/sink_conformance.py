"""The conformance suite for sinks that call a host: what each declares, proven on a host that misbehaves.

A plugin's test file calls it in three lines:

    from appraise.testing.sink_conformance import sink_suite
    from appraise_acme.sections import sink

    test_sink = sink_suite(sink, FakeAcme)
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from appraise.adapters.sending import attempt
from appraise.adapters.sinks import CallSink, SinkOptions, Writes
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.write_back import WriteBack, WriteBackState, again, queued
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.hosts.fake import BY_HAND, SLOW, UNFIT, FakeHost, Trouble, serving
from appraise.testing.requirements import require

AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
S = WriteBackState
PATIENT: Final = 10.0
"""Seconds."""
MEANWHILE: Final = "edited meanwhile"


class Trial:
    """One sink, one fresh host, and the line of the ledger between them."""

    def __init__(self, sink: CallSink, host: FakeHost, url: str) -> None:
        host.reset()
        self.sink, self.host, self.options = sink, host, replace(host.options(url), timeout=PATIENT)
        self.section = finished_section(host.namespace)
        self.line = queued(self.section.id, 1, "fake", earlier=None, at=AT)
        host.expect(self.section)

    def tried(
        self, section: FinishedSection | None = None, options: SinkOptions | None = None, at: datetime = AT
    ) -> WriteBack:
        with self.sink.open(options or self.options) as reached:
            self.line = attempt(self.line, section or self.section, reached, at=at, chance=0.5).line
        return self.line

    def stands(self, state: WriteBackState, why: str) -> None:
        require(self.line.state is state, f"{why}: {self.line.state}, {self.line.problem}")


def _arrives(trial: Trial) -> None:
    trial.tried()
    trial.stands(S.CONFIRMED, "what was sent was not confirmed")
    number, expected = trial.host.records[0].number, trial.host.expected
    require(number is not None, "the host holds no number")
    require(Decimal(str(number)) == expected, f"3.75 of 1 to 5 is {expected} there; the host holds {number}")


def _texts(trial: Trial) -> str:
    return " ".join(str(text) for one in trial.host.records for text in one.text.values())


def _items(trial: Trial) -> None:
    trial.tried()
    held = _texts(trial)
    require("Satisfaction" in held and "4 of 5" in held, f"the host holds no items: {held}")
    require("NOT_OBSERVED" in held, f"the host holds no absence of an item: {held}")


def _comments(trial: Trial) -> None:
    trial.tried()
    require("Calm &amp; quick" in _texts(trial) or "Calm & quick" in _texts(trial), f"no comment: {_texts(trial)}")


def _receipt(trial: Trial) -> None:
    trial.tried()
    require(f"{trial.section.id}, revision 1" in _texts(trial), f"no receipt: {_texts(trial)}")
    require("provisional" not in _texts(trial), f"what was reviewed is provisional: {_texts(trial)}")
    unreviewed = replace(trial.section, revision=2, is_unreviewed=True)
    trial.line = queued(unreviewed.id, 2, "fake", earlier=trial.line.sent, at=AT)
    trial.tried(unreviewed)
    require("provisional, not reviewed" in _texts(trial), f"nothing says that it is provisional: {_texts(trial)}")


def _absence(trial: Trial) -> None:
    """With its type where the sink writes a status, else rejected; never as a number."""
    trial.tried(absent_section(trial.host.namespace))
    if Writes.STATUS in trial.sink.declaration.writes:
        trial.stands(S.CONFIRMED, "an absence was not confirmed")
        require("INSUFFICIENT_EVIDENCE" in _texts(trial), f"the absence has no type there: {_texts(trial)}")
    else:
        trial.stands(S.REJECTED, "an absence was written where there is no place for one")
    require(all(one.number is None for one in trial.host.records), "an absence was written as a number")


def _twice(trial: Trial) -> None:
    trial.tried()
    before = [(one.number, dict(one.text)) for one in trial.host.records]
    trial.line = queued(trial.section.id, 1, "fake", earlier=None, at=AT)
    trial.tried()
    trial.stands(S.CONFIRMED, "the second time was not confirmed")
    require(before == [(one.number, dict(one.text)) for one in trial.host.records], "the second time changed something")


def _revision(trial: Trial) -> None:
    trial.tried()
    earlier = trial.line.sent
    second = replace(trial.section, revision=2, total=Decimal(5))
    trial.line = queued(second.id, 2, "fake", earlier=earlier, at=AT)
    trial.tried(second)
    trial.stands(S.CONFIRMED, "a second revision did not take the place of the first")
    require(trial.host.surplus() == 0, f"a second revision stands beside the first: {trial.host.records}")


def _person_first(trial: Trial) -> None:
    trial.tried()
    trial.host.edit()
    trial.line = queued(trial.section.id, 1, "fake", earlier=None, at=AT)
    trial.tried()
    trial.stands(S.DRIFTED, "what a person wrote was overwritten")
    require(trial.host.records[0].number == BY_HAND, "what a person wrote was overwritten")
    trial.line = replace(trial.line, state=S.QUEUED, overwrites=True)
    trial.tried()
    trial.stands(S.CONFIRMED, "it was not overwritten though a person said so")


def _drift(trial: Trial) -> None:
    trial.tried()
    trial.tried(at=AT + timedelta(days=1))
    trial.stands(S.CONFIRMED, "an untouched value drifted")
    trial.host.edit()
    trial.tried(at=AT + timedelta(days=2))
    trial.stands(S.DRIFTED, "a change in the host was not found")


def _meanwhile(trial: Trial) -> None:
    """Somebody saves between our look and our writing."""
    trial.tried()
    second = replace(trial.section, revision=2, total=Decimal(5))
    trial.line = queued(second.id, 2, "fake", earlier=trial.line.sent, at=AT)
    trial.host.troubles.append(Trouble.MEANWHILE)
    trial.tried(second)
    require(trial.host.records[0].number == BY_HAND, "what a person wrote meanwhile was overwritten")
    trial.stands(S.QUEUED, "what a person wrote meanwhile was no reason to look again")
    trial.tried(second, at=AT + timedelta(days=1))
    trial.stands(S.DRIFTED, "what a person wrote meanwhile was not found")
    require(trial.host.records[0].number == BY_HAND, "what a person wrote meanwhile was overwritten")


def _lie(trial: Trial) -> None:
    trial.host.troubles.append(Trouble.LIE)
    trial.tried()
    trial.stands(S.REJECTED, "a host that said yes and did nothing was believed")


def _cut(trial: Trial) -> None:
    """Only part of it arrived, which is ours all the same: it is sent again, and takes its own place."""
    trial.host.troubles.append(Trouble.CUT)
    trial.tried()
    trial.stands(S.PARTIAL, "a text that was cut off is no part")
    after = again(trial.line, overwrite=False, at=AT)
    assert isinstance(after, WriteBack)  # noqa: S101  # a part may always be sent again
    trial.line = after
    trial.tried()
    trial.stands(S.CONFIRMED, "what was cut off did not arrive the second time")
    require(trial.host.surplus() == 0, f"what was cut off stands beside it: {trial.host.records}")


def _inactive(trial: Trial) -> None:
    trial.host.is_active = False
    trial.tried()
    trial.stands(S.REJECTED, "an inactive employee was not refused")
    require(trial.host.words in (trial.line.problem or ""), f"the host's own words are lost: {trial.line.problem}")


def _unknown(trial: Trial) -> None:
    trial.tried(replace(trial.section, references=()))
    trial.stands(S.REJECTED, "an employee without an id in the host was written")
    trial.line = queued(trial.section.id, 1, "fake", earlier=None, at=AT)
    trial.tried(finished_section(trial.host.namespace, "nobody-999"))
    trial.stands(S.REJECTED, "an employee whom the host does not know was written")


def _locked(trial: Trial) -> None:
    trial.tried(options=trial.host.with_wrong_secret(trial.options))
    trial.stands(S.QUEUED, "a wrong token was no reason to wait")
    require(trial.line.tries == 0, "a wrong token cost a try")


def _put_off(trial: Trial, trouble: Trouble, options: SinkOptions | None = None) -> None:
    trial.host.troubles.append(trouble)
    trial.tried(options=options)
    trial.stands(S.QUEUED, f"{trouble} did not put it off")
    require(trial.line.tries == 1, "the try was not counted")
    waits = trial.line.next_try_at
    require(waits is not None and waits > AT, "there is no next try")
    trial.tried(at=AT + timedelta(days=1))
    trial.stands(S.CONFIRMED, f"after {trouble} it did not arrive")
    require(trial.host.surplus() == 0, f"after {trouble} it is there more than once: {trial.host.records}")


def _unfit(trial: Trial) -> None:
    trial.host.troubles.append(Trouble.UNFIT)
    trial.tried()
    trial.stands(S.REJECTED, "what the host refuses for good was not rejected")
    require(trial.line.next_try_at is None, "it is tried again, though the host would refuse it again")
    require(UNFIT in (trial.line.problem or ""), f"the host's own words are lost: {trial.line.problem}")


def _too_many(trial: Trial) -> None:
    trial.host.troubles.append(Trouble.TOO_MANY)
    trial.tried()
    waits = trial.line.next_try_at
    require(waits is not None and waits >= AT + timedelta(hours=2), f"Retry-After of two hours was not kept: {waits}")


CHECKS: Final[Mapping[str, Callable[[Trial], None]]] = {
    Writes.TOTAL: _arrives,
    Writes.ITEMS: _items,
    Writes.COMMENTS: _comments,
    Writes.RECEIPT: _receipt,
    "absence": _absence,
    "written twice": _twice,
    "next revision": _revision,
    "people's changes": _person_first,
    "drift": _drift,
    MEANWHILE: _meanwhile,
    "silent success": _lie,
    "cut off": _cut,
    "inactive": _inactive,
    "unknown employee": _unknown,
    "wrong token": _locked,
    "422": _unfit,
    "429": _too_many,
    "503": lambda trial: _put_off(trial, Trouble.UNAVAILABLE),
    "slow": lambda trial: _put_off(trial, Trouble.SLOW, replace(trial.options, timeout=SLOW / 4)),
    "half an answer": lambda trial: _put_off(trial, Trouble.HALF),
}
"""Column of the matrix → check. What a sink does not declare is not asked of it."""


def checks_of(sink: CallSink) -> list[str]:
    declared = sink.declaration
    names = [name for name in CHECKS if name not in set(Writes) or name in declared.writes]
    return [name for name in names if name != MEANWHILE or declared.refuses_stale]


def proven(sink: CallSink, fake: type[FakeHost]) -> dict[str, str | None]:
    """By check what went wrong, None where nothing did."""
    host, found = fake(), dict[str, str | None]()
    with serving(host) as url:
        for name in checks_of(sink):
            try:
                CHECKS[name](Trial(sink, host, url))
            except AssertionError as failure:
                found[name] = str(failure)
            else:
                found[name] = None
    return found


def sink_suite(sink: CallSink, fake: type[FakeHost]) -> Callable[[], None]:
    """A test function that proves all that the sink declares, on one server."""

    def test_sink() -> None:
        failures = {name: problem for name, problem in proven(sink, fake).items() if problem is not None}
        require(not failures, "\n".join(f"{name}: {problem}" for name, problem in failures.items()))

    return test_sink


def matrix(results: Mapping[str, Mapping[str, str | None]]) -> str:
    """A table of sinks and checks in Markdown: ● proven, ✗ declared and failed, · not declared or not to be tried."""
    lines = ["| | " + " | ".join(results) + " |", "|---|" + "---|" * len(results)]
    names = dict.fromkeys(name for found in results.values() for name in found)
    for name in [*(name for name in CHECKS if name in names), *(name for name in names if name not in CHECKS)]:
        cells = ["·" if name not in found else "●" if found[name] is None else "✗" for found in results.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
