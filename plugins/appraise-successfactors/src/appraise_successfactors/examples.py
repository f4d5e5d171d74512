"""A generated company as user data files, one per snapshot, with every column that SuccessFactors exports."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from appraise.adapters.contract import ExampleCompany, ExampleFile, ImportOptions

KEYS = (
    "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,JOBCODE,DIVISION,LOCATION,"
    "TIMEZONE,HIREDATE,EMPID,TITLE,BIZ_PHONE,FAX,ADDR1,ADDR2,CITY,STATE,ZIP,COUNTRY,REVIEW_FREQ,LAST_REVIEW_DATE,"
    + ",".join(f"CUSTOM{number:02}" for number in range(1, 16))
    + ",MATRIX_MANAGER,DEFAULT_LOCALE,PROXY,CUSTOM_MANAGER,SECOND_MANAGER"
).split(",")
LABELS = (
    "STATUS,USERID,Username,First Name,Last Name,Middle Name,Gender,Email,Manager,Human Resource,Department,Job Code,"
    "Division,Location,Time Zone,Hire Date,Employee Id,Title,Business Phone,Business Fax,Address 1,Address 2,City,"
    "State,ZIP,Country,Review Frequency,Last Review Date,"
    + ",".join(f"Customizable Field {number}" for number in range(1, 16))
    + ",Matrix Manager,Default Locale,Proxy,Custom Manager,Second Manager"
).split(",")
SETTINGS = {"reference.CUSTOM01": "zendesk:agent", "attribute.CUSTOM02": "level"}


def write_user_data_files(company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
    table = company.table("employees")
    names = list(table)
    people = [dict(zip(names, values, strict=True)) for values in zip(*table.values(), strict=True)]
    user_of = {person["employee"]: person["userid"] for person in people}
    for as_of in sorted({person["as_of"] for person in people if isinstance(person["as_of"], date)}):
        path = directory / f"successfactors_users_{as_of}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(KEYS)
            writer.writerow(LABELS)
            for person in people:
                if person["as_of"] == as_of:
                    cells = _cells(person, user_of)
                    writer.writerow([cells.get(key, "") for key in KEYS])
        yield ExampleFile(
            path, "successfactors", ImportOptions(source="successfactors", as_of=as_of, settings=dict(SETTINGS))
        )


def _cells(person: dict[str, object], user_of: dict[object, object]) -> dict[str, object]:
    manager = person["manager"]
    return {
        "STATUS": "active" if person["active"] else "inactive",
        "USERID": person["userid"],
        "USERNAME": str(person["email"]).partition("@")[0],
        "FIRSTNAME": person["given_name"],
        "LASTNAME": person["family_name"],
        "EMAIL": person["email"],
        "MANAGER": "NO_MANAGER" if manager is None else user_of[manager],
        "HR": "NO_HR",
        "DEPARTMENT": person["department_name"],
        "TIMEZONE": "Europe/Berlin",
        "HIREDATE": person["hire_date"],
        "EMPID": person["employee"],
        "TITLE": person["title"],
        "CUSTOM01": person["zendesk_agent_id"] or "",
        "CUSTOM02": person["level"],
        "MATRIX_MANAGER": "NO_MANAGER",
        "DEFAULT_LOCALE": "en_GB",
    }
