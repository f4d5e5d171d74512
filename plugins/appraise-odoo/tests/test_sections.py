from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from starlette.responses import Response

from appraise.adapters.sinks import HostBusy, HostLocked, HostRefused, SinkOptions
from appraise.domain.periods import Period
from appraise.errors import InvalidInput
from appraise.testing.finished import finished_section
from appraise.testing.hosts.fake import Record, serving
from appraise.testing.hosts.odoo import FakeOdoo, FakeOdooXml
from appraise.testing.sink_conformance import sink_suite
from appraise_odoo.sections import closing_days, sink

test_sink = sink_suite(sink, FakeOdoo)
test_sink_of_older_versions = sink_suite(sink, FakeOdooXml)


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


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"version": "18"}, "is Odoo 18 and lacks settings.database and settings.login"),
        ({"version": "master"}, "the version of the host fake is 'master'"),
    ],
)
def test_an_older_version_needs_to_know_database_and_login(settings: dict[str, str], words: str) -> None:
    options = SinkOptions("fake", "https://odoo.example.org", "key", settings=settings)

    with pytest.raises(InvalidInput, match=words), sink.open(options):
        pass


class Bomb(FakeOdooXml):
    content = b""

    def shown(self, body: object) -> Response:
        del body
        return Response(self.content, media_type="text/xml")


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "1">]><methodResponse><params><param><value>&a;</value></param></params></methodResponse>',
        b"<html>welcome</html>",
        b"<methodResponse><params></params></methodResponse>",
        b"<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>",
        b"<methodResponse><params><param><value><struct><member><value>1</value></member></struct></value></param>",
        "<?xml version='1.0' encoding='utf-16'?><methodResponse/>".encode("utf-16"),
        b"",
    ],
)
def test_an_answer_that_is_no_plain_xml_rpc_is_a_reason_to_wait(content: bytes) -> None:
    host = Bomb()
    host.content = content
    with serving(host) as url, sink.open(host.options(url)) as odoo, pytest.raises(HostBusy, match="no XML-RPC"):
        odoo.plan(finished_section("odoo:badge"))


def test_a_database_that_is_not_there_locks_us_out_and_no_section_is_rejected() -> None:
    host = FakeOdooXml()
    with serving(host) as url:
        options = host.options(url)
        options = replace(options, settings={**options.settings, "database": "other"})
        with sink.open(options) as odoo, pytest.raises(HostLocked) as locked:
            odoo.plan(finished_section("odoo:badge"))
    assert locked.value.found == (
        'fake lets nobody into other: fake refused (1): psycopg2.OperationalError: FATAL: database "other" does not exist'
    )


def test_what_xml_cannot_hold_is_sent_as_a_blank() -> None:
    host = FakeOdooXml()
    section = finished_section("odoo:badge")
    item = replace(section.items[0], comment="calm\x0b\x01& <quick>\ud83d")
    section = replace(section, items=(item, *section.items[1:]))
    with serving(host) as url, sink.open(host.options(url)) as odoo:
        host.expect(section)
        entry = odoo.plan(section)
        odoo.write(entry)
        assert odoo.read(entry) == entry.fields
    assert "calm  & <quick> " in str(entry.fields["note"])
