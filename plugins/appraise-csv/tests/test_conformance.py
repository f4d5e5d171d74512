from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.testing.conformance import Example, conformance_suite
from appraise_csv import adapter

PEOPLE = (
    "key,display_name,email,manager,status,hire_date,reference.zendesk:agent\n"
    "007,Ann Lee,Ann@Example.org,,active,2020-01-01,900\n"
    "7,Zoë,,007,leave,9999-12-31,\n"
    "8,,,,active,,\n"
    "9,Bob,,9,on the moon,,\n"
)
ENTRA = (
    "WorkerID,WorkerStatus,FullName,ManagerID,HireDate,Department,JobTitle,StreetAddress\n"
    "1222,Active,Talya Fleeta,1684,2013-01-01,Sales,Sales Executive,303 Mansion Ct\n"
    "1222,Inactive,Talya Fleeta,1684,2013-01-01,Sales,Sales Executive,303 Mansion Ct\n"
)
SUBSCRIPTIONS = "\n".join(
    f'{{"event_id": "s{number}", "occurred_at": "2025-01-0{number}T00:00:00Z", "customer_key": "c{number}", '
    f'"ended_at": null, "interval": "month", "amount": "990", "currency": "EUR"}}'
    for number in (1, 2, 3)
)

test_adapter = conformance_suite(
    adapter,
    examples=(
        Example("our own people", ImportOptions(source="hr"), of_people=True, content=PEOPLE),
        Example(
            "mapped people",
            ImportOptions(source="entra", mapping=Path(__file__).with_name("provisioning.toml")),
            of_people=True,
            content=ENTRA,
        ),
        Example(
            "our own subscriptions",
            ImportOptions(source="billing"),
            of_people=False,
            content=SUBSCRIPTIONS,
            file="subscriptions.jsonl",
        ),
    ),
)
