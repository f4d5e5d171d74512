"""Salesforce by Data Loader: cases as contacts, won opportunities as purchases, survey answers as ratings."""

from collections.abc import Iterator
from typing import ClassVar

from appraise.adapters.columns import literal
from appraise.adapters.contract import Declaration, EventStage, Parse, Rule, Skip, Verification
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    case_mix,
    declared_currency,
    declared_scale,
    served_by,
)
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise_salesforce.ids import full_id, with_full_ids

_TRUE = "('true', '1')"


def _owner(found: Found) -> dict[str, Rule]:
    return served_by("salesforce:user", found.rule("owner"))


def _with_full_ids(found: Found) -> str:
    names = ("id", "account", "contact", "owner", "response", "question", "customer", "employee", "case")
    return with_full_ids(dict.fromkeys(found.columns[name] for name in names if name in found))


def _no_person(found: Found) -> tuple[Skip, ...]:
    return (
        *_deleted(found),
        Skip(f"{found.text('owner')} = ''", "no employee was assigned"),
        Skip(f"starts_with({found.text('owner')}, '00G')", "a queue owns the record"),
        *_bots(found, "owner", "a bot owns the record"),
    )


def _deleted(found: Found) -> tuple[Skip, ...]:
    """Data Loader's Export All brings the recycle bin, too."""
    return (Skip(f"{found.word('deleted')} IN {_TRUE}", "the record was deleted"),) if "deleted" in found else ()


def _bots(found: Found, name: str, reason: str) -> tuple[Skip, ...]:
    """Users that the setting bots=… names by their ids, such as the Automated Process."""
    ids = ", ".join(full_id(literal(one.strip())) for one in found.settings.get("bots", "").split(",") if one.strip())
    return (Skip(f"{found.text(name)} IN ({ids})", reason),) if ids else ()


def _cases(found: Found) -> list[EventStage]:
    customer = found.text("account")
    if "contact" in found:
        customer = f"CASE WHEN {customer} <> '' THEN {customer} ELSE {found.text('contact')} END"
    rules = {
        "event_id": found.rule("id"),
        "case_id": found.rule("id"),
        "occurred_at": found.time("created_at"),
        "customer_key": found.made("account", customer),
        **_owner(found),
        **case_mix(found),
    }
    if "closed" in found:
        rules["outcome"] = found.made(
            "closed", f"CASE WHEN {found.word('closed')} IN {_TRUE} THEN 'resolved' ELSE 'open' END"
        )
    return [EventStage(EventKind.CONTACTS, rules, skips=_no_person(found), prepare=_with_full_ids(found))]


def _opportunities(found: Found) -> list[EventStage]:
    amount = found.text("amount")
    rules = {
        "event_id": found.rule("id"),
        "order_id": found.rule("id"),
        "occurred_at": found.time("closed_on"),
        "customer_key": found.rule("account"),
        **_owner(found),
        **case_mix(found),
        "kind": Rule(constant="purchase"),
        "amount": found.made("amount", _plain(amount), Parse.MONEY),
        "currency": found.rule("currency") if "currency" in found else declared_currency(found),
    }
    skips = (
        Skip(f"{found.word('won')} NOT IN {_TRUE}", "the opportunity is not won"),
        Skip(f"{amount} = '' OR TRY_CAST({_plain(amount)} AS DECIMAL(18, 6)) = 0", "no amount"),
        Skip(f"{found.text('account')} = ''", "no account: nobody to know again"),
        *_no_person(found),
    )
    return [EventStage(EventKind.PURCHASES, rules, skips=skips, prepare=_with_full_ids(found))]


def _plain(amount: str) -> str:
    """SQL: `1.2E7`, as Java writes numbers from ten million, and `1,250.00` as plain decimals; others as they are."""
    power = rf"CASE WHEN regexp_full_match({amount}, '[+-]?\d+(\.\d+)?[Ee][+-]?\d+') THEN {amount} END"
    grouped = rf"CASE WHEN regexp_full_match({amount}, '[+-]?\d{{1,3}}(,\d{{3}})+(\.\d*)?') THEN {amount} END"
    return f"coalesce(CAST(TRY_CAST({power} AS DECIMAL(18, 6)) AS VARCHAR), replace({grouped}, ',', ''), {amount})"


def _answers(found: Found) -> list[EventStage]:
    question = found.settings.get("question", "").strip()
    if not question:
        raise InvalidInput(
            "which question is the rating is not declared",
            expected="the setting question with its QuestionId",
            hint="a survey has a row for each question; only one of them is the rating",
        )
    rules = {
        "event_id": found.rule("response"),
        "occurred_at": found.time("created_at"),
        "customer_key": found.rule("customer"),
        **declared_scale(found.settings.get("scale"), setting="scale"),
        "score": found.rule("number", Parse.DECIMAL),
        **case_mix(found),
    }
    if "employee" in found:
        rules |= served_by("salesforce:user", found.rule("employee"))
    if "case" in found:
        rules["contact_id"] = found.rule("case")
    skips = (
        Skip(
            f"{found.text('question')} <> {full_id(literal(question))}",
            "an answer to another question",
            withdraws=False,
        ),
        Skip(f"{found.text('number')} = ''", "answered without a rating"),
        *_deleted(found),
        *(_bots(found, "employee", "a bot was rated") if "employee" in found else ()),
    )
    return [EventStage(EventKind.RATINGS, rules, skips=skips, prepare=_with_full_ids(found))]


def _no_addresses(found: Found) -> Iterator[str]:  # noqa: ARG001  # the same of every file
    yield "customers are accounts, which have no address: link them to other sources by a crosswalk"


def _without_employee(found: Found) -> Iterator[str]:
    if "employee" not in found and "case" not in found:
        yield "nothing says whom the ratings are about: name a column by column.case=… or column.employee=…"


class SalesforceAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="salesforce",
        title="Salesforce cases, opportunities and survey answers",
        format_version="Data Loader (csv): times and case of names by the vendor's documents; fields of Case and "
        "Opportunity by their standard names, no recorded file",
        verification=Verification.UNVERIFIED,
        files=(
            "Case (csv)",
            "Opportunity (csv)",
            "SurveyQuestionResponse (csv): fields by the vendor's document; the way to customer and case is declared",
        ),
        reads=("contacts", "purchases", "ratings"),
        quirks=(
            "Names of fields are matched in any case: it changed between versions of Data Loader.",
            "Ids of 15 characters become those of 18; the case of letters in ids counts.",
            "Records that a queue owns (00G…) are left out: it is no person.",
            "bots=ID,… names users that are no persons either.",
            "Records in the recycle bin (IsDeleted, by Export All) are left out.",
            "The customer is the account, of a case without one the contact.",
            "Close dates are days: the organisation's time zone must be declared.",
            "A survey has a row for each question: question=ID says which is the rating, scale=1-5 its scale.",
        ),
        unknowable=(
            "Who owned the record before: OwnerId is the owner on the day of the export; history is another object.",
            "Whom a survey is about, unless the query brings it by column.case=ID or column.employee=ID.",
            "The currency where CurrencyIsoCode is not exported: it must be declared.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="export of Salesforce cases",
            columns={
                "id": ("Id",),
                "number": ("CaseNumber",),
                "account": ("AccountId",),
                "contact": ("ContactId",),
                "owner": ("OwnerId",),
                "created_at": ("CreatedDate",),
                "closed": ("IsClosed",),
                "deleted": ("IsDeleted",),
                "channel": ("Origin",),
                "topic": ("Reason", "Type"),
            },
            required=("id", "number", "account", "owner", "created_at"),
            stages=_cases,
            warnings=_no_addresses,
        ),
        EventTable(
            title="export of Salesforce opportunities",
            columns={
                "id": ("Id",),
                "account": ("AccountId",),
                "owner": ("OwnerId",),
                "amount": ("Amount",),
                "closed_on": ("CloseDate",),
                "won": ("IsWon",),
                "currency": ("CurrencyIsoCode",),
                "deleted": ("IsDeleted",),
            },
            required=("id", "account", "owner", "amount", "closed_on", "won"),
            stages=_opportunities,
            settings=("currency",),
            local_times="close dates are days, which begin at different moments in different zones",
            warnings=_no_addresses,
        ),
        EventTable(
            title="export of Salesforce survey answers",
            columns={
                "response": ("ResponseId",),
                "question": ("QuestionId",),
                "number": ("NumberValue",),
                "created_at": ("CreatedDate",),
                "customer": ("Invitation.ContactId", "Response.SubmitterId"),
                "deleted": ("IsDeleted",),
                "employee": (),
                "case": (),
            },
            required=("response", "question", "number", "created_at", "customer"),
            stages=_answers,
            settings=("question", "scale"),
            warnings=_without_employee,
        ),
    )


adapter = SalesforceAdapter()
