"""`appraise token`, `appraise adapters`."""

from dataclasses import asdict
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from appraise.adapters.discovery import installed_adapters, installed_sinks
from appraise.adapters.sinks import CallSink, FileSink
from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import person_named
from appraise.cli.output import console, errors, print_json
from appraise.domain.access import Role, ServiceScope
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.use_cases.create_token import create_token
from appraise.use_cases.list_tokens import list_tokens
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.rotate_token import rotate_token

DEFAULT_LIFE = timedelta(days=90)


def create_and_print(
    name: str, *, employee: str | None, scopes: list[str], expires_at: datetime | None, json: bool
) -> None:
    deployment = open_deployment(Settings())
    now = utc_now()
    if employee is None and not scopes:
        raise InvalidInput(
            "a token needs somebody or something to stand for",
            expected="--employee for a person, or --scope for a service account",
        )
    granted = frozenset(_scope(scope) for scope in scopes)
    until = expires_at or now + DEFAULT_LIFE
    token = create_token(
        deployment,
        name=name,
        employee=None if employee is None else person_named(deployment, employee).employee.id,
        roles=frozenset() if employee else frozenset({Role.SERVICE}),
        scopes=granted,
        expires_at=until,
        at=now,
    )
    _print_new({"name": name}, token, until, json=json)


def rotate_and_print(token: str, *, overlap: timedelta, expires_at: datetime | None, json: bool) -> None:
    now = utc_now()
    until = expires_at or now + DEFAULT_LIFE
    new = rotate_token(open_deployment(Settings()), token, expires_at=until, overlap=overlap, at=now, by="command line")
    if not json:
        console.print(f"The old token ends by {now + overlap:%Y-%m-%d %H:%M} UTC. The new one:", highlight=False)
    _print_new({"old_ends_by": now + overlap}, new, until, json=json)


def revoke_and_print(token: str) -> None:
    revoke_token(open_deployment(Settings()), token, at=utc_now(), by="command line")
    console.print("The token opens nothing any more.")


def print_tokens(*, json: bool) -> None:
    """What is known of each token; never its secret."""
    now = utc_now()
    known = list_tokens(open_deployment(Settings()))
    if json:
        shown = ("id", "name", "employee", "roles", "scopes", "expires_at", "last_used_at")
        print_json([{name: _plain(getattr(token, name)) for name in shown} for token in known])
        return
    if not known:
        console.print("There is no token. `appraise token create` makes one.")
        return
    table = Table("id", "name", "opens", "expires", "last used", box=None, header_style="bold", pad_edge=False)
    for token in known:
        opens = ", ".join(sorted(token.scopes)) or ("an employee's own" if token.employee else "nothing")
        until = "never" if token.expires_at is None else f"{token.expires_at:%Y-%m-%d %H:%M}"
        used = "never" if token.last_used_at is None else f"{token.last_used_at:%Y-%m-%d %H:%M}"
        table.add_row(token.id, token.name, opens, until if token.is_live(now) else f"{until} (expired)", used)
    console.print(table)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _print_new(told: dict[str, object], token: str, until: datetime, *, json: bool) -> None:
    if json:
        print_json(told | {"token": token, "expires_at": until})
        return
    console.print(token, soft_wrap=True, highlight=False)
    # Not to standard output, so that $(appraise token create …) is the token.
    errors.print(f"Good until {until:%Y-%m-%d}. It is not shown again; only its hash is kept.", style="dim")


def _scope(text: str) -> ServiceScope:
    try:
        return ServiceScope(text)
    except ValueError as error:
        raise InvalidInput(f"there is no scope {text!r}", expected="one of: " + ", ".join(ServiceScope)) from error


def print_adapters(*, json: bool) -> None:
    adapters, sinks = installed_adapters(), installed_sinks()
    if json:
        print_json(
            {
                "adapters": [asdict(adapter.declaration) for adapter in adapters.values()],
                "sinks": [{**asdict(sink.declaration), "file": isinstance(sink, FileSink)} for sink in sinks.values()],
            }
        )
        return
    if not adapters:
        console.print("No adapter is installed. Each is a package of its own, e.g. `pip install appraise-csv`.")
        return
    for name, adapter in adapters.items():
        declared = adapter.declaration
        console.print(Text.assemble((name, "bold"), f"  {declared.title}"))
        console.print(f"   reads {', '.join(declared.reads)} from {'; '.join(declared.files)}", highlight=False)
        console.print(f"   format {declared.verification}: {declared.format_version}", style="dim", highlight=False)
    console.print("\nSinks, which write final sections (docs/write-back.md):")
    for name, sink in sinks.items():
        written = sink.declaration
        way = "a file" if isinstance(sink, FileSink) else "calls"
        way += "" if written.is_read_back else ", and nothing comes back"
        console.print(Text.assemble((name, "bold"), f"  {written.title}"))
        console.print(f"   writes {', '.join(written.writes)} by {way}", highlight=False)
        console.print(f"   checked {written.verification}: {written.version}", style="dim", highlight=False)
    console.print("\nQuirks that each handles, what it cannot know, and limits:  appraise adapters --json", style="dim")


def print_proven() -> bool:
    """The matrix of what sinks declare and what they do at hosts that misbehave; whether all of it was proven."""
    from appraise.testing.file_conformance import proven_file
    from appraise.testing.host_files import TRIALS
    from appraise.testing.hosts import FAKES, sink_of  # servers take time to import
    from appraise.testing.sink_conformance import matrix, proven

    sinks = installed_sinks()
    called = {name: one for name in FAKES if isinstance(one := sinks.get(sink_of(name)), CallSink)}
    written = {name: one for name in TRIALS if isinstance(one := sinks.get(sink_of(name)), FileSink)}
    tried = (
        {name: proven(sink, FAKES[name]) for name, sink in called.items()},
        {name: proven_file(sink, TRIALS[name]) for name, sink in written.items()},
    )
    for title, results in zip(("Called", "By a file"), tried, strict=True):
        console.print(f"{title}:", style="bold")
        console.print(matrix(results), markup=False, highlight=False, soft_wrap=True)
    console.print("● proven at a host or on a file of our own, ✗ declared and failed, · not declared", style="dim")
    failed = [
        (name, check, why)
        for results in tried
        for name, found in results.items()
        for check, why in found.items()
        if why is not None
    ]
    for name, check, why in failed:
        console.print(f"{name}, {check}: {why}", markup=False, highlight=False, soft_wrap=True)
    return not failed
