import pytest

from appraise.adapters.sinks import HostRefused
from appraise.testing.finished import finished_section
from appraise.testing.hosts.bamboohr import SECTION, FakeBamboo
from appraise.testing.hosts.fake import Record, serving
from appraise.testing.sink_conformance import sink_suite
from appraise_bamboohr.sections import sink

test_sink = sink_suite(sink, FakeBamboo)


def test_rows_of_others_are_left_alone_and_rows_that_cannot_be_told_apart_are_refused() -> None:
    fake, section = FakeBamboo(), finished_section("bamboohr:id")
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(section)
        fake.records.append(Record("17", number="3", text={SECTION: "another", "customAppraiseScore": "3"}))
        entry = host.plan(section)
        host.write(entry)
        host.write(entry)
        assert [one.number for one in fake.records] == ["3", "69"]
        assert host.read(entry) == entry.fields

        fake.hidden = {SECTION}
        with pytest.raises(HostRefused, match="is not among those that we may see"):
            host.read(entry)
        fake.hidden = set()
        fake.records.append(fake.records[1])
        with pytest.raises(HostRefused, match="there are 2 rows of the section"):
            host.write(entry)
