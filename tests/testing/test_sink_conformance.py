"""The conformance suite for sinks finds what is wrong: sinks with one fault each, on the same host."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from appraise.adapters.sinks import HostEntry, SinkOptions
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.write_back import Values
from appraise.testing.hosts.odoo import FakeOdoo
from appraise.testing.sink_conformance import proven

odoo = pytest.importorskip("appraise_odoo.sections")


class Believing(odoo.OdooHost):  # type: ignore[misc,name-defined]
    """Takes yes for done."""

    asked = False

    def read(self, entry: HostEntry) -> Values:
        return entry.fields if self.asked else dict.fromkeys(entry.fields)

    def write(self, entry: HostEntry) -> None:
        super().write(entry)
        self.asked = True


class Zeroing(odoo.OdooHost):  # type: ignore[misc,name-defined]
    """Writes an absence as a number."""

    def plan(self, section: FinishedSection) -> HostEntry:
        entry = super().plan(section)
        return replace(entry, fields={**entry.fields, "score": entry.fields["score"] or "0"})

    def read(self, entry: HostEntry) -> Values:
        held = super().read(entry)
        return {**held, "score": held["score"] or ("0" if held["status"] else None)}


class Rounding(odoo.OdooHost):  # type: ignore[misc,name-defined]
    """Has a scale of its own idea."""

    def plan(self, section: FinishedSection) -> HostEntry:
        entry = super().plan(section)
        return replace(entry, fields={**entry.fields, "score": entry.fields["score"] and "68"})


class Sink:
    def __init__(self, host: type) -> None:
        self.declaration, self._host = odoo.sink.declaration, host

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[object]:
        with odoo.HostHttp(options, {"authorization": f"bearer {options.secret}"}) as http:
            yield self._host(odoo.Json2(http), options)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        (Believing, {"silent success", "drift", "people's changes"}),
        (Zeroing, {"absence"}),
        (Rounding, {"total"}),
    ],
)
def test_each_fault_is_found_under_its_name(host: type, found: set[str]) -> None:
    failed = {name for name, problem in proven(Sink(host), FakeOdoo).items() if problem is not None}  # type: ignore[arg-type]

    assert failed >= found
