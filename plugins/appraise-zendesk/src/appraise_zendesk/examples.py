"""A generated company's tickets and ratings as a Zendesk account in Berlin would export them."""

import csv
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from appraise.adapters.contract import ExampleCompany, ExampleFile, ImportOptions

HEADER = (  # noqa: SIM905  # as the vendor writes it
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,"
    "Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,"
    "Due date,Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,"
    "Reopens,Replies,Topic [list],Segment [list]"
).split(",")
ZONE = "Europe/Berlin"
_VIA = {"email": "Mail", "web": "Web form", "chat": "Chat", "phone": "Phone call (incoming)"}


def write_tickets(company: ExampleCompany, directory: Path) -> ExampleFile:
    tickets = company.table("tickets")
    customers = company.table("customers")
    email_of = dict(zip(customers["customer"], customers["email"], strict=True))
    name_of = dict(zip(customers["customer"], customers["name"], strict=True))
    agents = _agent_names(company)
    zone = ZoneInfo(ZONE)
    score_of = _scores(company)
    path = directory / "zendesk_tickets.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(
            [
                "1", ticket, name_of[customer], customer, "", email_of[customer], "", name_of[customer],
                agents.get(agent, agent), "Support", f"{topic} question", "", str(status).capitalize(), "Normal",
                _VIA.get(str(channel), channel), "Question", (opened := _local(created, zone)),
                (closed := _local(solved, zone)) or opened, opened, "", "", opened, closed, "",
                score_of.get(ticket, "Not Offered"), "1", stations, "0", "1", topic, segment,
            ]
            for ticket, customer, agent, created, solved, channel, topic, segment, stations, status in zip(
                *(
                    tickets[name]
                    for name in (
                        "ticket", "customer", "agent", "created_at", "solved_at", "channel", "topic", "segment",
                        "stations", "status",
                    )
                ),
                strict=True,
            )
        )  # fmt: skip
    return ExampleFile(path, "zendesk", ImportOptions(source="zendesk", time_zone=ZONE))


def write_ratings(company: ExampleCompany, directory: Path) -> ExampleFile:
    table = company.table("ratings")
    agents = _agent_ids(company)
    path = directory / "zendesk_satisfaction_ratings.json"
    names = ("rating", "ticket", "customer", "agent", "score", "created_at", "comment")
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"satisfaction_ratings": [')
        separator = "\n"
        for rating, ticket, customer, agent, score, created, comment in zip(*(table[n] for n in names), strict=True):
            record = {
                "id": _id(rating),
                "assignee_id": _id(agents.get(agent, agent)),
                "requester_id": _id(customer),
                "ticket_id": _id(ticket),
                "score": score,
                "comment": comment or None,
                "created_at": f"{created:%Y-%m-%dT%H:%M:%SZ}",
            }
            stream.write(f"{separator}{json.dumps(record)}")
            separator = ",\n"
        stream.write(f'\n], "next_page": null, "count": {len(table["rating"])}}}\n')
    return ExampleFile(path, "zendesk", ImportOptions(source="zendesk"))


def _agent_names(company: ExampleCompany) -> dict[object, str]:
    people = company.table("employees")
    return {
        employee: f"{given} {family}"
        for employee, given, family in zip(people["employee"], people["given_name"], people["family_name"], strict=True)
    }


def _agent_ids(company: ExampleCompany) -> dict[object, object]:
    people = company.table("employees")
    return {
        employee: agent for employee, agent in zip(people["employee"], people["zendesk_agent_id"], strict=True) if agent
    }


def _scores(company: ExampleCompany) -> dict[object, str]:
    ratings = company.table("ratings")
    return {ticket: str(score).capitalize() for ticket, score in zip(ratings["ticket"], ratings["score"], strict=True)}


def _local(moment: object, zone: ZoneInfo) -> str:
    if not isinstance(moment, datetime):
        return ""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")[:16]


def _id(value: object) -> object:
    """Zendesk's ids are numbers; a text that would not come back from a number stays one."""
    text = str(value)
    return int(text) if text.isdecimal() and text == str(int(text)) else text
