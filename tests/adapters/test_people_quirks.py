"""Exports of a known company with whatever real ones do to it: what comes in is the truth, or is rejected with a reason.

What no reader can notice is left out: a spreadsheet that dropped leading zeros and left nothing else behind, and a lost
name or address where managers are named by it and somebody else has the same.
"""

import csv
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from appraise.adapters.code_pages import as_declared
from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.people import ManagerColumn, PeopleFormat, people_of, table_rows
from appraise.adapters.records import PeopleRecord
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.errors import InvalidInput

BERLIN = ZoneInfo("Europe/Berlin")
IDS = ("04111", "4111", "000123", "123", "1234567890123456789", "1234567890123456788", "5E9934", "E-7", "102", "0102")
LONG = ("1234567890123456789", "1234567890123456788")
NAMES = (("Ada", "Árva"), ("Ben", "Böhm"), ("Cleo", "O'Neil"), ("Zoë", ""), ("Ben", "Lee, Jr."), ("Jo", "van Dyk"))
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp1250", "mac_roman", "cp850")
WORDS = {
    "Active": EmploymentStatus.ACTIVE,
    "On leave": EmploymentStatus.LEAVE,
    "Terminated": EmploymentStatus.TERMINATED,
}
COLUMNS = {
    "id": ("Employee ID",),
    "given_name": ("First Name",),
    "family_name": ("Last Name",),
    "email": ("Work Email",),
    "status": ("Status",),
    "department_name": ("Department",),
    "hire_date": ("Hire Date",),
    "termination_date": ("Termination Date",),
    "manager_id": ("Manager ID",),
    "manager_email": ("Manager Email",),
    "manager": ("Manager Name",),
}
FORMAT = PeopleFormat(
    title="export of a test",
    columns=COLUMNS,
    ids={"id": "id"},
    statuses={word.casefold(): status for word, status in WORDS.items()},
    managers=(
        ManagerColumn("manager_id", "id"),
        ManagerColumn("manager_email", "email"),
        ManagerColumn("manager", "name"),
    ),
)
DAYS: dict[str, Callable[[date], str]] = {
    "%Y-%m-%d": date.isoformat,
    "%d/%m/%Y": lambda day: f"{day:%d/%m/%Y}",
    "%m/%d/%Y": lambda day: f"{day:%m/%d/%Y}",
    "%d-%m-%Y": lambda day: f"{day:%d-%m-%Y}",
    "%d.%m.%Y": lambda day: f"{day:%d.%m.%Y}",
    "%Y/%m/%d": lambda day: f"{day:%Y/%m/%d}",
    "%d %b %Y": lambda day: f"{day:%d %b %Y}",
    "with its offset": lambda day: datetime.combine(day, time(), BERLIN).isoformat(),
    "told in UTC": lambda day: (
        f"{datetime.combine(day, time(), BERLIN).astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"
    ),
}
MANAGERS: dict[str, Callable[["Person"], str]] = {
    "Manager ID": lambda boss: boss.id,
    "Manager Email": lambda boss: boss.email.upper(),
    "Manager Name": lambda boss: boss.name,
    "Manager Name turned": lambda boss: f"{boss.family}, {boss.given}" if boss.family else boss.given,
}

TITLES: tuple[list[list[str]], ...] = (
    [["All employees of Acme, Inc."]],
    [["Report", "Staff"], [], ["As of 2025-01-31; by Ada"]],
)
HIDEABLE = ("Work Email", "Status", "Department", "Hire Date", "Manager")
"""Columns that whoever exports may not see: they come blank. A blank day of leaving nobody can notice."""
NAMED_BY: dict[str, set[str]] = {
    "Manager ID": set(),
    "Manager Email": {"Work Email"},
    "Manager Name": {"First Name", "Last Name"},
    "Manager Name turned": {"First Name", "Last Name"},
}


@dataclass(frozen=True)
class Person:
    id: str
    given: str
    family: str
    email: str
    status: str
    department: str
    hired: date
    left: date | None
    manager: int | None

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()


@st.composite
def companies(draw: st.DrawFn) -> list[Person]:
    ids = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=7, unique=True))
    people = []
    for number, key in enumerate(ids):
        given_name, family = draw(st.sampled_from(NAMES))
        status = draw(st.sampled_from(sorted(WORDS)))
        hired = draw(st.dates(date(1990, 1, 1), date(2025, 12, 31)))
        leaves = draw(st.booleans()) or status == "Terminated"
        shared = draw(st.sampled_from([f"p{number}@example.com", "desk@example.com"]))
        people.append(
            Person(
                key,
                given_name,
                family,
                shared,
                status,
                draw(st.sampled_from(["Service", "Vertrieb Süd", ""])),
                hired,
                hired + timedelta(days=draw(st.integers(0, 9000))) if leaves else None,
                draw(st.none() | st.integers(0, len(ids) - 1)),
            )
        )
    return people


RENAMED = {
    "Employee ID": ("id", "Staff no"),
    "First Name": ("given_name", "Vorname (bürgerlich)"),
    "Last Name": ("family_name", "Nachname (bürgerlich)"),
    "Work Email": ("email", "Kontakt"),
    "Status": ("status", "Stand der Dinge"),
    "Department": ("department_name", "Bereich"),
    "Hire Date": ("hire_date", "Since when"),
    "Termination Date": ("termination_date", "Until when"),
    "Manager ID": ("manager_id", "Boss"),
    "Manager Email": ("manager_email", "Boss"),
    "Manager Name": ("manager", "Boss"),
}
"""Column → its field, and what a customer made of its label."""


@dataclass(frozen=True)
class Export:
    """`hidden` columns are blank, `lost` ones have a label that nobody declared."""

    content: bytes
    rows: range
    options: ImportOptions
    hidden: frozenset[str]
    lost: frozenset[str] = frozenset()
    name: str = "export.csv"


@st.composite
def exports(draw: st.DrawFn, people: list[Person], forms: Sequence[str]) -> Export:
    styles = draw(st.sampled_from([*([style] for style in DAYS), list(DAYS), ["%d/%m/%Y", "%m/%d/%Y"]]))
    declared = draw(st.booleans()) and len(styles) == 1 and styles[0].startswith("%")
    by = draw(st.sampled_from(sorted(MANAGERS)))
    names = [column for known in COLUMNS.values() for column in known if not column.startswith("Manager")]
    names.append(by.removesuffix(" turned"))
    rows = []
    for person in people:
        cells = _cells(draw, person, people, styles, by)
        rows.append(cells)
        rows += draw(st.sampled_from([[], [], [], [cells], [_earlier(cells)]]))
    if len({ids for row in rows if (ids := re.sub(r"\D", "", row["Employee ID"])) in LONG}) > 1 and draw(st.booleans()):
        rows = [{name: _rounded(text) for name, text in row.items()} for row in rows]
    hidden = _hidden(draw, names, by)
    rows = [{name: "" if name in hidden else text for name, text in row.items()} for row in rows]
    header = draw(st.permutations([*names, "Gender", "Salary"]))
    renamed = draw(st.sampled_from([(), (), *((one,) for one in names), tuple(names)]))
    lost = frozenset({one for one in renamed if draw(st.booleans())} if len(renamed) == 1 else ())
    labels = {name: _header(draw, RENAMED[name][1] if name in renamed else name) for name in header}
    event(f"renamed: {len(renamed)}, of which undeclared: {sorted(lost)}")
    table = [list(labels.values())]
    table += [[row.get(name, "x") for name in header] for row in draw(st.permutations(rows))]
    zone = draw(st.sampled_from([None, "Europe/Berlin"]))
    mapping = {f"column.{RENAMED[name][0]}": labels[name] for name in renamed if name not in lost}
    options = ImportOptions("hr", date_format=styles[0] if declared else None, time_zone=zone, settings=mapping)
    form = draw(st.sampled_from(forms))
    event(form)
    titles = draw(st.sampled_from([[], *TITLES])) if form in {"csv", "xlsx"} else []
    event(f"{len(titles)} titles")
    first = len(titles) + 2 if form in {"csv", "xlsx"} else 1
    numbers = range(first, first + len(rows))
    table = [*titles, *table]
    if form == "xlsx":
        return Export(_workbook(draw, table), numbers, options, hidden, lost, "export.xlsx")
    encoding = draw(st.sampled_from(ENCODINGS))
    if draw(st.booleans()) and encoding not in {"utf-8-sig", "utf-16"}:
        options = replace(options, settings={**mapping, "encoding": encoding})
    content = _text(draw, table, form).encode(encoding, "strict")
    return Export(content, numbers, options, hidden, lost, f"export.{form}")


def _hidden(draw: st.DrawFn, names: list[str], by: str) -> frozenset[str]:
    wanted = draw(st.sampled_from([*[()] * 3, *((one,) for one in HIDEABLE), ("Status", "Hire Date"), HIDEABLE]))
    hidden = {name for name in names for start in wanted if name.startswith(start)} - NAMED_BY[by]
    event(f"hidden: {sorted(hidden)}")
    return frozenset(hidden)


def _text(draw: st.DrawFn, table: list[list[str]], form: str) -> str:
    if form == "csv":
        stream, ends = StringIO(newline=""), draw(st.sampled_from(["\n", "\r\n"]))
        csv.writer(stream, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=ends).writerows(table)
        return stream.getvalue()
    records = [
        {name: text or draw(st.sampled_from(["", None])) for name, text in zip(table[0], row, strict=True)}
        for row in table[1:]
    ]
    if form == "json":
        return json.dumps(records, ensure_ascii=False)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _workbook(draw: st.DrawFn, table: list[list[str]]) -> bytes:
    """Long digits as text; short ones without zeros before them maybe as numbers, and days maybe as days."""
    book, stream = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in table:
        cells: list[object] = []
        for text in row:
            as_number = re.fullmatch(r"[1-9]\d{0,8}", text) and draw(st.booleans())
            as_day = re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", text) and draw(st.booleans())
            cells.append(int(text) if as_number else date.fromisoformat(text) if as_day else text)
        sheet.append(cells)
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"  # text that looks like a formula
    book.save(stream)
    return stream.getvalue()


def _cells(draw: st.DrawFn, person: Person, people: list[Person], styles: list[str], by: str) -> dict[str, str]:
    boss = None if person.manager is None else people[person.manager]
    nobody = draw(st.sampled_from(["", "NO_MANAGER", "-"]))
    absent = draw(st.sampled_from(["", "0000-00-00", "9999-12-31", "4712/12/31", "2099-12-31"]))
    cells = {
        "Employee ID": person.id,
        "First Name": person.given,
        "Last Name": person.family,
        "Work Email": person.email,
        "Status": person.status,
        "Department": person.department,
        "Hire Date": DAYS[draw(st.sampled_from(styles))](person.hired),
        "Termination Date": DAYS[draw(st.sampled_from(styles))](person.left) if person.left else absent,
        by.removesuffix(" turned"): MANAGERS[by](boss) if boss else nobody,
    }
    quirk = draw(st.sampled_from(["none"] * 4 + ["padded", "id", "guarded", "manager", "error", "status", "nameless"]))
    if quirk == "padded":
        cells = {name: f" {text}\u00a0" for name, text in cells.items()}
    elif quirk == "id" and person.id.isdigit():
        cells["Employee ID"] = draw(st.sampled_from([f"{int(person.id)}.0", f"{int(person.id):.2E}"]))
    elif quirk == "guarded":
        cells["Employee ID"] = f'="{person.id}"'
    elif quirk == "manager" and by == "Manager ID" and boss and boss.id.isdigit():
        cells["Manager ID"] = f"{int(boss.id)}.0"
    elif quirk == "error":
        cells[draw(st.sampled_from(sorted(cells.keys() - NAMED_BY[by])))] = "#REF!"
    elif quirk == "status":
        cells["Status"] = "Sabbatical"
    elif quirk == "nameless" and not NAMED_BY[by] & {"First Name"}:
        cells |= {"First Name": "", "Last Name": ""}
    event(quirk)
    return cells


def _rounded(text: str) -> str:
    """A long number as a spreadsheet keeps it; of a single one nobody could tell."""
    return re.sub(r"\d{16,}", lambda match: match[0][:15] + "0" * (len(match[0]) - 15), text)


def _earlier(cells: dict[str, str]) -> dict[str, str]:
    """An employment that ended long ago; beside a current one it does not count."""
    return cells | {"Status": "Terminated", "Hire Date": "1980-01-31", "Termination Date": "1985-01-31"}


def _header(draw: st.DrawFn, name: str) -> str:
    change = draw(
        st.sampled_from([str, str.upper, str.lower, lambda text: f" {text} ", lambda text: text.replace(" ", "_")])
    )
    return change(name)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_what_comes_in_is_the_truth_or_is_rejected_with_a_reason(data: st.DataObject) -> None:
    _holds(data, ("csv", "csv", "json", "jsonl"))


@pytest.mark.long
@settings(max_examples=2_000, deadline=None)
@given(st.data())
def test_whatever_comes_in_of_many_exports_is_the_truth(data: st.DataObject) -> None:
    _holds(data, ("csv", "csv", "csv", "json", "jsonl", "xlsx"))


def _holds(data: st.DataObject, forms: Sequence[str]) -> None:
    people = data.draw(companies())
    export = data.draw(exports(people, forms))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / export.name
        path.write_bytes(export.content)
        try:
            with as_declared(path, export.options) as (copy, options):
                read = people_of(table_rows(copy, options, FORMAT), FORMAT, options, copy)
        except InvalidInput as refusal:
            if "Employee ID" in export.lost and re.search("it has no column|between its cells", refusal.found):
                event("refused for the column of ids")
                return
            assert "encoding" not in export.options.settings, refusal  # noqa: PT017  # declared, it is read
            assert re.search("is not UTF-8, and|NUL byte", refusal.found)  # noqa: PT017
            event("refused for its letters")
            return
    assert "Employee ID" not in export.lost

    numbers = [one.row for group in (read.records, read.rejected, read.skipped) for one in group]
    assert sorted(numbers) == list(export.rows)
    assert all(row.reason for row in read.rejected)
    folded = {re.sub(r"[\W_]", "", column.casefold()) for column in read.unmapped_columns}
    assert {re.sub(r"\W", "", RENAMED[name][1].casefold()) for name in export.lost} <= folded
    for record in read.records:
        _is_true(record, people, read, export.hidden, export.lost)
    event(f"{len(read.records) * 4 // len(people)} quarters come in")


def _is_true(
    record: PeopleRecord, people: list[Person], read: ReadPeople, blank: frozenset[str], lost: frozenset[str]
) -> None:
    """What is hidden is blank, and is not told: what is known of it stays. So is what is called otherwise."""
    (person,) = [one for one in people if one.id == record.key.value]
    hidden = blank | lost
    names = [text for name, text in (("First Name", person.given), ("Last Name", person.family)) if name not in lost]
    assert record.display_name == " ".join(filter(None, names))
    assert record.termination_date == (None if "Termination Date" in lost else person.left)
    assert "Termination Date" not in lost or (read.told is not None and "termination_date" not in read.told)
    assert record.hire_date == (None if "Hire Date" in hidden else person.hired)
    assert record.email == (None if "Work Email" in hidden else person.email)
    assert record.department_name == (None if "Department" in hidden else person.department or None)
    assert ("gender", "x") not in record.attributes
    assert read.told is not None
    if "Status" in hidden:
        assert "status" not in read.told
    else:
        assert record.status == WORDS[person.status]
    assert "Department" not in hidden or "department" not in read.told
    hides_managers = any(name.startswith("Manager") for name in hidden)
    assert not hides_managers or "managers" not in read.told
    named = (("given_name", "First Name"), ("family_name", "Last Name"))
    for field, name in (("hire_date", "Hire Date"), ("email", "Work Email"), *named):
        assert name not in hidden or any("no row has" in one and field in one for one in read.warnings)
    if person.manager is None or hides_managers:
        assert record.managers == ()
    for one in record.managers:
        assert person.manager is not None
        assert _whom(one.reference, read) in {people[person.manager].id, None}


def _whom(reference: ExternalReference, read: ReadPeople) -> str | None:
    """Whom the import would take for the manager: a key as it stands, else whoever alone has the address or name."""
    if reference.namespace == "hr:id":
        return reference.value
    holders = Counter(record.key.value for record in read.records if reference in record.references)
    return next(iter(holders)) if len(holders) == 1 else None
