"""Every recorded export beside the project, with what is in it.

The numbers were counted from the files alone, by scripts of the json and csv modules or by looking at them: people,
different people named as managers in any line, different departments, rejected rows.
"""

from pathlib import Path

import pytest

from appraise.adapters.contract import EmployeeSource, ImportOptions
from appraise.adapters.discovery import installed_adapters
from appraise.errors import InvalidInput

SAMPLES = Path("../shared/samples/hris")
PROVISIONING = Path(__file__).parents[2] / "plugins/appraise-csv/tests/provisioning.toml"
ADP = "adp_wfn/ihcm_hr_workers-v2"
COUNTS = {
    f"{ADP}_success_Retrieve-all-workers-details-http-200-response.json": ("adp", 99, 11, 10, 1),
    f"{ADP}-demographics_success_workers-v2-demographics-all-workers-http-200-response.json": ("adp", 99, 27, 1, 1),
    f"{ADP}-demographics_success_workers-v2-demographics-single-worker-http-200-response.json": ("adp", 1, 1, 0, 0),
    f"{ADP}_success_01_20-07-2022_Get_All_Workers_WithoutBaseRemuneration_GB.json": ("adp", 1, 1, 1, 0),
    f"{ADP}_success_Single_Employee_-_Identity.json": ("adp", 1, 1, 1, 0),
    "adp_wfn/workforce_hr_workers-v2-demographics_success_workers-v2-demographics-single-worker-http-200-response.json": (
        "adp", 1, 1, 1, 0,
    ),
    "adp_wfn/workforce_hr_workers-v2_success_Retrieve-single-associate-details-http-200-response.json": (
        "adp", 1, 1, 1, 0,
    ),
    "bamboohr/faros_single_employee_with_zero_dates.json": ("bamboohr", 1, 1, 1, 0),
    "bamboohr/sgnl_custom_report_response.json": ("bamboohr", 106, 28, 0, 0),
    "odoo/hr_employee_odoo18_import_template.xls": ("odoo", 23, 0, 2, 0),
    "oracle_hcm/hdl_worker_minimum.dat": ("oracle-hcm", 1, 0, 0, 0),
    "orangehrm/importData_from_test.csv": ("orangehrm", 1, 0, 0, 0),
    "sap_successfactors/nango_PerPerson_deep_expand_3_people.json": ("successfactors", 3, 3, 3, 0),
    "sap_successfactors/udf_rebuilt_from_java_literals.csv": ("successfactors", 3, 0, 1, 0),
    "scim_generic_csv/scim_bulk_core_enterprise.json": ("scim", 3, 1, 1, 0),
    "scim_generic_csv/csv-with-5-records.txt": ("csv", 5, 2, 3, 0),
    "scim_generic_csv/employeeData_quoted.csv": ("csv", 262, 232, 6, 45),
    "workday/sgnl_wql_allWorkers_response.json": ("workday", 3, 0, 0, 0),
}  # fmt: skip
"""File → adapter, people, managers, departments, rejected rows."""
CONVERTED = {
    "frappe_erpnext/erpnext_employee_test_records.toml",
    "horilla/base_data.json",
    "horilla/employee_info_data.json",
    "horilla/work_info_data.json",
    "personio/personio_client_report_headers_de.json",
    "workday/faros_raas_stream_v1.jsonl",
    "workday/faros_raas_stream_v3.jsonl",
    "workday/faros_raas_stream_v5_cycles.jsonl",
}
"""Not exports themselves: made into one, and counted, by the tests of their plugins."""
ADAPTERS = {
    "adp_wfn": "adp",
    "frappe_erpnext": "frappe",
    "oracle_hcm": "oracle-hcm",
    "sap_successfactors": "successfactors",
    "scim_generic_csv": "csv",
}
"""By directory, where it has another name."""


def samples() -> list[str]:
    files = (path for path in SAMPLES.glob("*/*") if path.is_file())
    return sorted(str(path.relative_to(SAMPLES)) for path in files)


def source(name: str) -> EmployeeSource:
    found = installed_adapters()[name]
    assert isinstance(found, EmployeeSource)
    return found


@pytest.mark.samples
@pytest.mark.parametrize("name", COUNTS)
def test_a_recorded_export_reads_with_all_that_is_in_it(name: str) -> None:
    adapter, *counts = COUNTS[name]
    if not (SAMPLES / name).exists():
        pytest.skip(f"the file is not beside the project: {name}")
    mapping = PROVISIONING if adapter == "csv" else None

    read = source(adapter).read_people(SAMPLES / name, ImportOptions(adapter, mapping=mapping))

    managers = {manager.reference for record in read.records for manager in record.managers}
    departments = {record.department_code for record in read.records} - {None}
    assert [len({one.key for one in read.records}), len(managers), len(departments), len(read.rejected)] == counts
    assert len(read.records) == counts[0]


@pytest.mark.samples
def test_every_other_file_shows_nobody_and_is_refused() -> None:
    others = [name for name in samples() if name not in COUNTS and name not in CONVERTED]

    taken = []
    for name in others:
        directory = name.partition("/")[0]
        try:
            source(ADAPTERS.get(directory, directory)).read_people(SAMPLES / name, ImportOptions("hr"))
        except InvalidInput:
            continue
        taken.append(name)
    assert taken == []
