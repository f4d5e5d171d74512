"""The account owners' list that somebody keeps in a spreadsheet: semicolons, day first, e-mail addresses for keys."""

import csv
from datetime import datetime
from pathlib import Path

from appraise.adapters.contract import ExampleCompany, ExampleFile, ImportOptions

_MAPPING = """\
# Who looks after which account, from the list that the account management team keeps.
kind = "ownerships"
formats = ["%d.%m.%Y %H:%M:%S"]
time_zone = "UTC"

[file]
delimiter = ";"

[employee]
namespace = "email"
column = "Owner e-mail"

[columns]
occurred_at = "From"
ended_at = "Until"
customer_key = "Account"
link_key = "Customer e-mail"

# The list has no id of its own: an account has one owner from one moment on.
[sql]
event_id = '''"Account" || '/' || "From"'''
"""
_HEADER = ("Account", "Customer e-mail", "Owner", "Owner e-mail", "From", "Until")


def write_account_owners(company: ExampleCompany, directory: Path) -> ExampleFile:
    customers = company.table("customers")
    employees = company.table("employees")
    ownerships = company.table("ownerships")
    customer_email = dict(zip(customers["customer"], customers["email"], strict=True))
    owner_email = dict(zip(employees["employee"], employees["email"], strict=True))
    owner_name = {
        employee: f"{given} {family}"
        for employee, given, family in zip(
            employees["employee"], employees["given_name"], employees["family_name"], strict=True
        )
    }
    path = directory / "account_owners.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(_HEADER)
        writer.writerows(
            (customer, customer_email[customer], owner_name[owner], owner_email[owner], _moment(start), _moment(end))
            for customer, owner, start, end in zip(
                ownerships["customer"], ownerships["owner"], ownerships["start_at"], ownerships["end_at"], strict=True
            )
        )
    mapping = directory / "account_owners.toml"
    mapping.write_text(_MAPPING, encoding="utf-8")
    return ExampleFile(path, "csv", ImportOptions(source="accounts", mapping=mapping))


def _moment(moment: object) -> str:
    return f"{moment:%d.%m.%Y %H:%M:%S}" if isinstance(moment, datetime) else ""
