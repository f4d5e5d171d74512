"""Public files through mappings. The expected counts were taken with `awk` and the csv module from the files alone."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.adapters.records import ManagerReference
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.events import EventKind
from appraise.testing.imported import imported
from appraise_csv import adapter

SAMPLES = Path("../shared/samples")

EMPLOYEES = """
kind = "people"

[file]
delimiter = "|"
columns = [
  "Photo", "EmployeeKey", "ParentEmployeeKey", "NationalID", "ParentNationalID", "SalesTerritoryKey", "FirstName",
  "LastName", "MiddleName", "NameStyle", "Title", "HireDate", "BirthDate", "LoginID", "EmailAddress", "Phone",
  "MaritalStatus", "EmergencyContactName", "EmergencyContactPhone", "SalariedFlag", "Gender", "PayFrequency",
  "BaseRate", "VacationHours", "SickLeaveHours", "CurrentFlag", "SalesPersonFlag", "DepartmentName", "StartDate",
  "EndDate", "Status",
]

[columns]
key = "EmployeeKey"
given_name = "FirstName"
family_name = "LastName"
email = "EmailAddress"
manager = "ParentEmployeeKey"
job_title = "Title"
department_name = "DepartmentName"
hire_date = "HireDate"
effective_from = "StartDate"
effective_to = "EndDate"
"""
SALES = """
kind = "purchases"
time_zone = "America/Los_Angeles"

[employee]
namespace = "hr:employeekey"
column = "EmployeeKey"

[columns]
occurred_at = "OrderDate"
customer_key = "ResellerKey"
order_id = "SalesOrderNumber"
amount = "SalesAmount"

[constants]
currency = "USD"
kind = "purchase"

[sql]
event_id = "SalesOrderNumber || '/' || ProductKey"
"""
SURVEY = """
[file]
format = "csv"

[[events]]
kind = "contacts"
formats = ["%d/%m/%Y %H:%M"]
time_zone = "Asia/Kolkata"
[events.employee]
namespace = "name"
column = "Agent_name"
[events.columns]
event_id = "Unique id"
occurred_at = "Issue_reported at"
topic = "category"
[events.sql]
channel = "lower(channel_name)"
customer_key = '''coalesce(nullif(Order_id, ''), 'case ' || "Unique id")'''

[[events]]
kind = "ratings"
formats = ["%d-%b-%y"]
time_zone = "Asia/Kolkata"
[events.scale]
name = "csat_1_5"
low = 1
high = 5
[events.employee]
namespace = "name"
column = "Agent_name"
[events.columns]
event_id = "Unique id"
contact_id = "Unique id"
occurred_at = "Survey_response_Date"
score = "CSAT Score"
[events.sql]
customer_key = '''coalesce(nullif(Order_id, ''), 'case ' || "Unique id")'''
"""


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the public file is not beside the project: {path}")
    return path


def mapped(directory: Path, mapping: str, source: str) -> ImportOptions:
    path = directory / "map.toml"
    path.write_text(mapping, encoding="utf-8")
    return ImportOptions(source=source, mapping=path)


@pytest.mark.samples
def test_the_employees_of_adventure_works_have_no_header_and_are_all_read(tmp_path: Path) -> None:
    path = sample("customer/adventureworks/DimEmployee.csv")

    people = adapter.read_people(path, mapped(tmp_path, EMPLOYEES, "hr"))

    amy = next(record for record in people.records if record.key.value == "290")
    assert (len(people.records), len(people.rejected)) == (296, 0)
    assert sum(not record.managers for record in people.records) == 1
    assert sum(record.effective_to is not None for record in people.records) == 6
    assert amy.references == (
        ExternalReference("hr:employeekey", "290"),
        ExternalReference("email", "amy0@adventure-works.com"),
        ExternalReference("name", "amy alberts"),
    )
    assert (amy.status, amy.hire_date, amy.managers) == (
        EmploymentStatus.ACTIVE,
        date(2011, 11, 15),
        (ManagerReference(ExternalReference("hr:employeekey", "277")),),
    )
    assert {"Gender", "BirthDate", "NationalID", "MaritalStatus"} <= set(people.unmapped_columns)


@pytest.mark.samples
def test_the_reseller_sales_of_adventure_works_keep_every_cent(tmp_path: Path) -> None:
    path = sample("customer/adventureworks/FactResellerSales_dates2017-2020.csv")

    result = imported(adapter, path, mapped(tmp_path, SALES, "sales"))

    sales = result.events[EventKind.PURCHASES]
    assert (len(sales), result.rejected, result.skipped) == (57_851, (), {})
    assert sum(sale["amount"] for sale in sales) == 7_754_857_020
    assert len({sale["order_id"] for sale in sales}) == 3_616
    assert Counter(sale["employee_key"] for sale in sales).most_common(2) == [("283", 7_529), ("282", 6_843)]
    assert sales[0]["occurred_at"] == datetime(2017, 7, 1, 7, tzinfo=UTC)


@pytest.mark.samples
def test_a_survey_becomes_contacts_and_ratings(tmp_path: Path) -> None:
    path = sample("customer/csat-shopzilla/customer_support_data_20pct.csv")

    result = imported(adapter, path, mapped(tmp_path, SURVEY, "survey"))

    ratings, contacts = result.events[EventKind.RATINGS], result.events[EventKind.CONTACTS]
    assert Counter(rating["score"] for rating in ratings) == {
        Decimal(5): 11_934,
        Decimal(4): 2_277,
        Decimal(1): 2_241,
        Decimal(3): 503,
        Decimal(2): 227,
    }
    assert Counter(contact["channel"] for contact in contacts) == {"inbound": 13_644, "outcall": 2_943, "email": 595}
    assert len({contact["employee_key"] for contact in contacts}) == 1_368
    assert (result.rejected, result.skipped) == ((), {})


@pytest.mark.samples
def test_no_row_of_microsofts_provisioning_file_is_lost() -> None:
    """332 rows with every cell in quotes; of who is there twice the only active row counts, else none."""
    path = sample("hris/scim_generic_csv/employeeData_quoted.csv")
    mapping = Path(__file__).with_name("provisioning.toml")

    people = adapter.read_people(path, ImportOptions(source="entra", mapping=mapping))

    assert [len(people.records), len(people.rejected), len(people.skipped)] == [262, 45, 25]
    assert len({record.key for record in people.records}) == 262
    assert {row.reason.rpartition(", and ")[2] for row in people.rejected} == {"nothing tells which holds"}
