"""What `appraise mail` does and prints."""

from rich.table import Table

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.output import console, print_json
from appraise.domain.mails import Mail, MailState, Text
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.use_cases.read_mails import read_mails

TEST = Text(
    "Appraise can write to you",
    "This message was sent to see that the mail server takes it. There is nothing to do.\n",
    "<!doctype html><p>This message was sent to see that the mail server takes it. There is nothing to do.</p>\n",
)


def send_test(address: str) -> None:
    server = open_deployment(Settings()).mail
    if server is None:
        raise InvalidInput(
            "no mail server is set", hint="set APPRAISE_MAIL_SERVER, APPRAISE_MAIL_FROM and APPRAISE_PUBLIC_URL"
        )
    at = utc_now()
    with server.connected() as connection:
        connection.send(f"test.{at:%Y%m%d%H%M%S}", "", address, TEST, at=at)
    console.print(f"Taken by {server} for {address}.", soft_wrap=True, highlight=False)


def print_log(state: str | None, last: int, *, json: bool) -> None:
    states = list(MailState) if state is None else [MailState(state.upper())]
    found = read_mails(open_deployment(Settings()), states=states, most=last)
    if json:
        print_json([{"to": named.name, **_facts(named.mail)} for named in found])
        return
    if not found:
        console.print("Nothing.")
        return
    table = Table("day", "to", "state", "tries", "again", "problem", box=None, header_style="bold", pad_edge=False)
    for named in found:
        mail = named.mail
        again = "" if mail.next_try_at is None else f"{mail.next_try_at:%Y-%m-%d %H:%M}"
        table.add_row(mail.on.isoformat(), named.name, mail.state.lower(), str(mail.tries), again, mail.problem or "")
    console.print(table)


def _facts(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "employeeId": mail.owner,
        "on": mail.on,
        "state": mail.state,
        "tries": mail.tries,
        "nextTryAt": mail.next_try_at,
        "problem": mail.problem,
    }
