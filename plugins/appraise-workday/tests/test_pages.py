import json
from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise_workday import adapter

WORKER = {"Employee ID": "21001", "First Name": "Ada", "Last Name": "Byron", "Worker Status": "Active"}


def test_a_page_of_a_longer_reply_says_nothing_of_who_is_not_on_it(tmp_path: Path) -> None:
    path = tmp_path / "wql.json"

    def read(total: int) -> tuple[bool, tuple[str, ...]]:
        path.write_text(json.dumps({"total": total, "data": [WORKER]}), encoding="utf-8")
        people = adapter.read_people(path, ImportOptions(source="workday"))
        return people.complete, people.warnings

    whole, nothing_more = read(1)
    part, told = read(30)
    assert (whole, part) == (True, False)
    assert sorted(told) == sorted(
        (*nothing_more, "the reply holds 1 of 30 workers: who is missing is not taken to have left")
    )
