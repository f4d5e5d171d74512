"""The conformance suites for sinks find what is wrong: sinks with one fault each, and each habit of a host.

Every host has a habit that a naive sink falls for; here one does, and the suite tells.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appraise.adapters.discovery import installed_sinks
from appraise.adapters.sinks import CallSink, FileAnswer, FileSink, HostEntry, SinkOptions
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import Values
from appraise.testing.file_conformance import proven_file
from appraise.testing.host_files import TRIALS
from appraise.testing.hosts import FAKES
from appraise.testing.sink_conformance import proven

SINKS = installed_sinks()
Broken = Callable[[Any], Any]


class Sink:
    """The real sink whose host, once reached, does one thing worse."""

    def __init__(self, name: str, broken: Broken) -> None:
        sink = SINKS[name]
        assert isinstance(sink, CallSink)
        self.declaration, self._sink, self._broken = sink.declaration, sink, broken

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[Any]:
        with self._sink.open(options) as host:
            yield self._broken(host)


class Worse:
    """A host that is reached as before but for what a subclass changes."""

    def __init__(self, host: Any) -> None:
        self.host = host

    def plan(self, section: FinishedSection) -> HostEntry:
        entry: HostEntry = self.host.plan(section)
        return entry

    def read(self, entry: HostEntry) -> Values:
        found: Values = self.host.read(entry)
        return found

    def write(self, entry: HostEntry) -> None:
        self.host.write(entry)


class Believing(Worse):
    """Takes yes for done."""

    asked = False

    def read(self, entry: HostEntry) -> Values:
        return entry.fields if self.asked else dict.fromkeys(entry.fields)

    def write(self, entry: HostEntry) -> None:
        super().write(entry)
        self.asked = True


class Zeroing(Worse):
    """Writes an absence as a number."""

    def plan(self, section: FinishedSection) -> HostEntry:
        entry = super().plan(section)
        return replace(entry, fields={**entry.fields, "score": entry.fields["score"] or "0"})

    def read(self, entry: HostEntry) -> Values:
        held = super().read(entry)
        return {**held, "score": held["score"] or ("0" if held["status"] else None)}


class Rounding(Worse):
    """Has a scale of its own idea."""

    def plan(self, section: FinishedSection) -> HostEntry:
        entry = super().plan(section)
        return replace(entry, fields={**entry.fields, "score": entry.fields["score"] and "68"})


class Bodies(Worse):
    """Sends another body: `change` has method, path and body before they go."""

    def __init__(self, host: Any, change: Callable[[str, str, Any], tuple[str, str, Any]]) -> None:
        super().__init__(host)
        http = host._http
        call = http.call

        def changed(method: str, path: str, *, body: Any = None, **rest: Any) -> Any:
            method, path, body = change(method, path, body)
            return call(method, path, body=body, **rest)

        http.call = changed


def four_keys(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """OrangeHRM takes ratings of exactly three keys."""
    return method, path, body and {"ratings": [{**one, "id": 7} for one in body["ratings"]]}


def milestones(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """BambooHR appends milestones, and ignores the progress beside them."""
    return method, path, body and {**body, "milestones": [{"title": "Customer service"}]}


def always_new(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """BambooHR adds a row whenever it is asked."""
    return method, path.rpartition("/")[0] if method == "POST" and path[-1].isdecimal() else path, body


def timeless(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """Frappe HR refuses a change of what was saved since only where it is told when that was."""
    return method, path, body and {name: value for name, value in body.items() if name != "modified"}


def unasked(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """The kit's views for Horilla compare what they are told."""
    return method, path, body and {**body, "was": {}}


class OutOfRange(Worse):
    """Horilla cuts whole numbers off at 100 without a word."""

    def plan(self, section: FinishedSection) -> HostEntry:
        entry = super().plan(section)
        total = WrittenTotal.of(section, HostScale.percent())
        return replace(entry, fields={**entry.fields, "current_value": total and str(total.value * 5)})


class NotThere(Worse):
    """Frappe HR takes fields that it has not; SuccessFactors takes keys of no element."""

    def write(self, entry: HostEntry) -> None:
        del entry

    def read(self, entry: HostEntry) -> Values:
        return entry.fields


FAULTS: list[tuple[str, Broken, set[str]]] = [
    ("odoo", Believing, {"silent success", "drift", "people's changes"}),
    ("odoo", Zeroing, {"absence"}),
    ("odoo", Rounding, {"total"}),
    ("orangehrm", lambda host: Bodies(host, four_keys), {"total", "next revision"}),
    ("horilla", OutOfRange, {"total"}),
    ("bamboohr-goal", lambda host: Bodies(host, milestones), {"total", "next revision"}),
    ("bamboohr", lambda host: Bodies(host, always_new), {"next revision"}),
    ("frappe", NotThere, {"total", "silent success"}),
    ("frappe", lambda host: Bodies(host, timeless), {"edited meanwhile"}),
    ("frappe-goal", lambda host: Bodies(host, timeless), {"edited meanwhile"}),
    ("horilla", lambda host: Bodies(host, unasked), {"edited meanwhile"}),
    ("successfactors", NotThere, {"total", "silent success"}),
]


@pytest.mark.parametrize(("name", "broken", "found"), FAULTS)
def test_each_fault_is_found_under_its_name(name: str, broken: Broken, found: set[str]) -> None:
    failed = {check for check, problem in proven(Sink(name, broken), FAKES[name]).items() if problem is not None}

    assert failed >= found


class Forgetful:
    """Of a section that is there several times it tells the last row alone."""

    def __init__(self, sink: FileSink) -> None:
        self.declaration, self._sink = sink.declaration, sink

    def suffix(self, options: SinkOptions) -> str:
        return self._sink.suffix(options)

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        return self._sink.plan(section, options)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        return self._sink.content(entries, options)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        return iter({one.section: one for one in self._sink.answers(path, options)}.values())


def test_goals_that_an_import_added_twice_are_seen() -> None:
    """Workday's Add Only makes another goal of each row."""
    sink = SINKS["workday"]
    assert isinstance(sink, FileSink)

    failed = {name: text for name, text in proven_file(Forgetful(sink), TRIALS["workday"]).items() if text}

    assert failed == {"added twice": "what is there twice is CONFIRMED"}
