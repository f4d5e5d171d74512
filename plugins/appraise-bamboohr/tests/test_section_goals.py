import pytest

from appraise.adapters.sinks import HostRefused
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.hosts.bamboohr_goals import FakeBambooGoals
from appraise.testing.hosts.fake import Record, serving
from appraise.testing.sink_conformance import sink_suite
from appraise_bamboohr.goals import sink

test_sink = sink_suite(sink, FakeBambooGoals)


def test_other_goals_are_left_alone_and_what_a_goal_cannot_hold_is_refused() -> None:
    fake, section = FakeBambooGoals(), finished_section("bamboohr:id")
    with serving(fake) as url, sink.open(fake.options(url)) as host:
        fake.expect(section)
        fake.records.append(Record("17", number=40, text={"title": "Customer service 2025", "description": "my own"}))
        entry = host.plan(section)
        host.write(entry)
        host.write(entry)
        assert [one.number for one in fake.records] == [40, 69]
        assert fake.records[1].text["dueDate"] == "2025-12-31"  # the last day of the period
        assert host.read(entry) == entry.fields

        with pytest.raises(HostRefused, match="INSUFFICIENT_EVIDENCE: a goal always has a progress"):
            host.plan(absent_section("bamboohr:id"))
        fake.records[1].text["milestones"] = [{"id": 1, "title": "one step"}]
        with pytest.raises(HostRefused, match="the goal has milestones now"):
            host.write(entry)
        assert fake.records[1].number == 69
