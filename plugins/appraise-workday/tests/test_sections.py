from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from appraise.adapters.sinks import HostRefused, SinkOptions
from appraise.domain.host_scale import HostScale
from appraise.errors import InvalidInput
from appraise.testing.file_conformance import file_suite
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.host_files import TRIALS, WORKDAY
from appraise_workday.sections import sink

test_sink = file_suite(sink, TRIALS["workday"])
SECTION = finished_section("workday:employee-id", "00017")


def options_of(directory: Path, **changed: str) -> SinkOptions:
    settings = {**TRIALS["workday"].settings(directory), **changed}
    return SinkOptions("workday", settings={name: text for name, text in settings.items() if text})


def test_the_customer_s_workbook_keeps_all_that_it_holds_and_gets_rows(tmp_path: Path) -> None:
    options = options_of(tmp_path)
    spoken = replace(SECTION, items=(replace(SECTION.items[0], comment="=1+1\nand so on"), *SECTION.items[1:]))
    entries = [sink.plan(one, options) for one in (spoken, absent_section("workday:employee-id"))]

    content = sink.content(entries, options)

    before, after = load_workbook(options.settings["template"]), load_workbook(BytesIO(content))
    assert after.sheetnames == before.sheetnames == ["Overview", "Add Goals"]
    old, new = before["Add Goals"], after["Add Goals"]
    for number in range(1, 6):
        for left, right in zip(old[number], new[number], strict=True):
            assert (left.value, left.font.b, left.fill.fgColor.rgb) == (
                right.value,
                right.font.b,
                right.fill.fgColor.rgb,
            )
    first, second = ([cell.value for cell in new[number]] for number in (6, 7))
    assert first[1:4] == ["1", "00017", "3hTq7section"]
    assert first[4:9] == [
        "Customer service 2025",
        "Satisfaction: 4 of 5. =1+1 and so on; Attrition: NOT_OBSERVED; Appraise 3hTq7section, revision 1",
        3.75,
        "SCORED",
        "2025-12-31",
    ]
    assert (second[6], second[7]) == (None, "INSUFFICIENT_EVIDENCE")
    assert {cell.data_type for cell in new[6][1:6]} == {"s"}
    assert [cell.number_format for cell in new[7][1:9]] == ["@"] * 8  # as the first empty row is formatted


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"column.employee": ""}, "the host workday lacks column.employee"),
        ({"template": "nowhere.xlsx"}, "the workbook cannot be read"),
        ({"sheet": "Goals"}, "the workbook has no sheet 'Goals'"),
        ({"header_row": "4"}, "row 4 of Add Goals has 0 columns 'Spreadsheet Key*'"),
        ({"header_row": "five"}, "the setting header_row is 'five'"),
        ({"column.due": "Due"}, "row 5 of Add Goals has 0 columns 'Due'"),
    ],
)
def test_a_workbook_that_is_not_as_the_settings_say_is_refused(
    tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    options = options_of(tmp_path, **changed)

    with pytest.raises(InvalidInput) as refusal:
        sink.content([sink.plan(SECTION, options)], options)

    assert words in str(refusal.value)


def test_without_a_column_for_the_status_an_absence_is_refused_and_without_an_id_nothing_is_read(
    tmp_path: Path,
) -> None:
    options = options_of(tmp_path, **{"column.status": "", "column.section": ""})

    with pytest.raises(HostRefused, match="INSUFFICIENT_EVIDENCE: the workbook has no column for a status"):
        sink.plan(absent_section("workday:employee-id"), options)
    with pytest.raises(InvalidInput, match="nothing in the workbook tells whose section a goal is"):
        list(sink.answers(tmp_path / "report.csv", options))
    half = replace(options, scale=HostScale.percent())
    assert sink.plan(SECTION, half).fields[WORKDAY["column.score"]] == "69"
