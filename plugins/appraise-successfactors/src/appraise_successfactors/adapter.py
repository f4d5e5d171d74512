from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import (
    Declaration,
    ExampleCompany,
    ExampleFile,
    ImportOptions,
    ReadPeople,
    Verification,
)
from appraise.adapters.files import format_of
from appraise_successfactors.examples import write_user_data_files
from appraise_successfactors.odata import read_odata
from appraise_successfactors.user_data_file import read_user_data_file


class SuccessFactorsAdapter:
    """SAP SuccessFactors, by its User Data File (UDF) or replies of OData v2."""

    declaration: ClassVar[Declaration] = Declaration(
        name="successfactors",
        title="SAP SuccessFactors user data file, OData replies",
        format_version="UDF with system keys in row 1 (SAP KBA 2087504, 2236371, 2092066); OData v2 as recorded",
        verification=Verification.VERIFIED,
        files=("user data file (csv, txt)", "OData v2 (json): PerPerson recorded, User second-hand"),
        reads=("people",),
        quirks=(
            "Columns are keyed on row 1; the labels in row 2, which customers rename, are skipped.",
            "MANAGER and MATRIX_MANAGER hold a USERID; NO_MANAGER and NO_MGR mean that there is none.",
            "USERID is text: 000123 and 123 are two users.",
            "Days are YYYY-MM-DD; another order such as MM/DD/YYYY must be declared as the date format.",
            "In OData replies a day is a midnight in UTC; other moments in UTC need the time zone declared.",
            "Of a person's employments the current one counts; the others' user ids stay references.",
            "A custom column becomes a reference by a setting such as reference.CUSTOM01=zendesk:agent.",
            "Sex, birth, pay, health, addresses, telephone numbers and undeclared custom columns are never read.",
        ),
        unknowable=(
            "Whether an inactive user has left or is on leave, and since when: there is no termination date.",
            "Since when somebody has had the job, department or manager: import one file per date.",
        ),
    )

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        if format_of(path) == "json":
            return read_odata(path, options)
        return read_user_data_file(path, options)

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield from write_user_data_files(company, directory)


adapter = SuccessFactorsAdapter()
