from datetime import date
from itertools import pairwise

import pytest

from appraise.adapters.sinks import HostRefused
from appraise.domain.periods import Period
from appraise.testing.finished import finished_section
from appraise.testing.hosts.fake import Record, serving
from appraise.testing.hosts.odoo import FakeOdoo
from appraise.testing.sink_conformance import sink_suite
from appraise_odoo.sections import closing_days, sink

test_sink = sink_suite(sink, FakeOdoo)


def test_a_score_goes_into_the_appraisal_of_its_own_year_only() -> None:
    host, section = FakeOdoo(), finished_section("odoo:badge")  # of 2025
    with serving(host) as url, sink.open(host.options(url)) as odoo:
        host.expect(section)
        host.closes = "2026-12-31"
        with pytest.raises(HostRefused, match="17 has no appraisal that closes from 2025-04-02 to before 2026-04-02"):
            odoo.plan(section)
        host.records.append(Record("17", text={"date_close": "2026-02-10"}))  # closed after its year, as most are
        assert odoo.plan(section).key == {"id": "2"}
        host.records.append(Record("17", text={"date_close": "2025-12-31"}))
        with pytest.raises(HostRefused, match="17 has several appraisals that close from"):
            odoo.plan(section)


def test_every_day_is_of_one_year_only() -> None:
    years = [closing_days(Period(date(year, 1, 1), date(year + 1, 1, 1))) for year in range(2023, 2030)]

    assert all(before[1] == after[0] for before, after in pairwise(years))
    assert closing_days(Period(date(2025, 1, 1), None)) == (date(2025, 1, 1), None)
