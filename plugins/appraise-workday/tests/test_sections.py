import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from appraise.adapters.sinks import HostRefused, SinkOptions
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import SectionId
from appraise.errors import InvalidInput
from appraise.testing.file_conformance import file_suite
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.host_files import TRIALS, WORKDAY
from appraise_workday.sections import sink

FILLED = Path(__file__).with_name("fixtures") / "add-goals.xml"
test_sink = file_suite(sink, TRIALS["workday"], FILLED)
test_sink_of_xlsx = file_suite(sink, TRIALS["workday, XLSX"])
FORMS = {"workday": ".xml", "workday, XLSX": ".xlsx"}
SECTION = finished_section("workday:employee-id", "00017")


def options_of(directory: Path, name: str = "workday, XLSX", **changed: str) -> SinkOptions:
    settings = {**TRIALS[name].settings(directory), **changed}
    return SinkOptions("workday", settings={name: text for name, text in settings.items() if text})


def test_the_customer_s_xlsx_keeps_all_that_it_holds_and_gets_rows(tmp_path: Path) -> None:
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
    assert others(Path(options.settings["template"]).read_bytes(), content) == ["xl/worksheets/sheet2.xml"]
    assert load_workbook(BytesIO(content), read_only=True)["Add Goals"].calculate_dimension() == "A1:J7"


def others(before: bytes, after: bytes) -> list[str]:
    """Files of an archive whose bytes are others now; none comes, goes or moves."""
    with zipfile.ZipFile(BytesIO(before)) as old, zipfile.ZipFile(BytesIO(after)) as new:
        assert [(one.filename, one.date_time) for one in old.infolist()] == [
            (one.filename, one.date_time) for one in new.infolist()
        ]
        return [name for name in old.namelist() if old.read(name) != new.read(name)]


def test_of_a_spreadsheet_of_2003_only_rows_below_the_headers_change(tmp_path: Path) -> None:
    """Declaration, styles, names, comments and other sheets stay byte for byte; so do what a row looks like."""
    options = options_of(tmp_path, "workday")
    before = Path(options.settings["template"]).read_bytes()

    after = sink.content([sink.plan(SECTION, options)], options)

    start = before.index(b'   <Row ss:AutoFitHeight="0" ss:Height="13.5">\r\n')
    end = before.index(b"  </Table>", start)
    assert after[:start] == before[:start]
    assert after.endswith(before[end:])
    within = after[start : len(after) - len(before[end:])]
    emptied = re.sub(rb'<Cell ss:Index="(2|11)"><Data[^>]*>[^<]*</Data></Cell>', b"", within)  # cells it had not
    emptied = re.sub(rb'(<Cell ss:StyleID="s64")><Data[^>]*>[^<]*</Data></Cell>', rb"\1/>", emptied)
    assert emptied.replace(b">00017<", b"><") == before[start:end]


def test_counts_of_a_spreadsheet_of_2003_hold_every_row_and_column(tmp_path: Path) -> None:
    """Excel opens none whose table says that it is smaller than it is."""
    options = options_of(tmp_path, "workday")
    path = Path(options.settings["template"])
    tag = b'<Table ss:ExpandedColumnCount="11" ss:ExpandedRowCount="8"'
    assert tag in path.read_bytes()
    entries = [sink.plan(replace(SECTION, id=SectionId(f"{number}")), options) for number in range(5)]

    assert tag in sink.content(entries[:3], options)
    assert tag.replace(b'"8"', b'"10"') in sink.content(entries, options)


@pytest.mark.parametrize("name", FORMS)
def test_the_file_is_named_by_what_the_workbook_is_and_not_by_how_it_is_called(tmp_path: Path, name: str) -> None:
    options = options_of(tmp_path, name)
    path = Path(options.settings["template"])
    other = path.rename(tmp_path / "template.xls")
    renamed = replace(options, settings={**options.settings, "template": str(other)})

    assert sink.suffix(renamed) == FORMS[name]


def test_a_goal_under_a_merged_cell_is_refused(tmp_path: Path) -> None:
    options = options_of(tmp_path, "workday")
    path = Path(options.settings["template"])
    merged = b'<Cell ss:MergeAcross="%d" ss:StyleID="s64"/>'
    path.write_bytes(path.read_bytes().replace(merged % 1, merged % 2))

    with pytest.raises(InvalidInput, match="row 6 has cells that lie under a merged one"):
        sink.content([sink.plan(SECTION, options)], options)


@pytest.mark.parametrize("name", FORMS)
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
    tmp_path: Path, name: str, changed: dict[str, str], words: str
) -> None:
    options = options_of(tmp_path, name, **changed)

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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no element found"),
        (b"PK\x03\x04", "File is not a zip file"),
        (b"\xd0\xcf\x11\xe0 and so on", "it is of the older kind \\(XLS\\)"),
        (b"<Report_Data/>", "it is XML of another kind, Report_Data"),
        (b'<?xml version="1.0" encoding="martian"?><a/>', "unknown encoding: martian"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "it declares a document type"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    options = options_of(tmp_path, "workday")
    Path(options.settings["template"]).write_bytes(content)

    with pytest.raises(InvalidInput, match=f"the workbook cannot be read: {words}"):
        sink.suffix(options)


@pytest.mark.parametrize(
    "cell",
    [
        b"<Cell><Data ss:Type='String'>x</Data></Cell>",
        b"<Cell ss:Formula='=1'/>",
        b"<Cell ss:Index='40'><Data ss:Type='Number'>0</Data></Cell>",
    ],
)
def test_a_spreadsheet_of_2003_that_holds_data_is_refused(tmp_path: Path, cell: bytes) -> None:
    options = options_of(tmp_path, "workday")
    path = Path(options.settings["template"])
    path.write_bytes(
        path.read_bytes().replace(
            b"  </Table>\r\n  <WorksheetOptions", b"<Row>" + cell + b"</Row></Table><WorksheetOptions"
        )
    )

    with pytest.raises(InvalidInput, match="row 9 holds data"):
        sink.content([sink.plan(SECTION, options)], options)
