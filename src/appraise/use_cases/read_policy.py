"""Read policies: from a file, or as a scoring run followed it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appraise.domain.access import Principal
from appraise.domain.identifiers import CycleId
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.policy_documents import PolicyDocument, document_of, policy_hash, read_toml
from appraise.domain.policy_lint import Finding, lint, refuse_errors
from appraise.errors import InvalidInput, NotFound, Place
from appraise.scoring.installed import installed
from appraise.storage import cycles, policies
from appraise.use_cases.deployment import Deployment


def read_document(file: Path) -> PolicyDocument:
    """Readable, not yet linted. Raises `InvalidInput` with the place of what cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors of Windows put a mark in front
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InvalidInput(
            f"the policy {file} cannot be read: {error.strerror}", hint="check the path; it is a TOML file"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "the policy is not UTF-8", place=Place(file=str(file)), hint="save the file as UTF-8"
        ) from error
    installed()  # a policy may name what other packages offer
    return read_toml(text, file=str(file))


def policy_in_force(file: Path | None) -> Policy:
    """The policy of the file, or the defaults. Raises `InvalidInput` where it cannot be read or lint finds an error."""
    if file is None:
        installed()
        return DEFAULT_POLICY
    document = read_document(file)
    refuse_errors(document)
    return document.policy()


def policy_of_cycle(deployment: Deployment, principal: Principal, cycle: CycleId) -> Policy:
    """What the latest run of the cycle followed; no personal data. Raises `NotFound` where it was never scored."""
    del principal
    with deployment.database.reading() as session:
        run = cycles.latest_run(session, cycle)
        if run is None:
            raise NotFound("the cycle has not been scored", hint="run `appraise score` first")
        return cycles.policy_of(session, run.id)


@dataclass(frozen=True, slots=True)
class PolicyView:
    """`hash` as a run's manifest names it, `findings` what lint says now; `stored_at` None of the defaults."""

    hash: str
    policy: Policy
    findings: tuple[Finding, ...]
    stored_at: datetime | None = None


def list_policies(
    deployment: Deployment, principal: Principal, *, as_of: datetime | None = None
) -> tuple[PolicyView, ...]:
    """What scoring runs followed, or had followed by a time, the newest first; no personal data."""
    del principal
    with deployment.database.reading() as session:
        stored = policies.newest_first(session, by=as_of)
    return tuple(PolicyView(key, document.policy(), lint(document), at) for key, at, document in stored)


def get_policy(
    deployment: Deployment, principal: Principal, key: str | None = None, *, at: datetime, as_of: datetime | None = None
) -> PolicyView:
    """By its hash, or that of the last finished run; as of a time, one that a run had followed by then.

    Raises `NotFound`.
    """
    if key is None:
        with deployment.database.reading() as session:
            key = policies.last_followed(session, by=as_of or at)
        if key is None:
            raise NotFound("no scoring run had finished by then", hint="`defaultPolicy` is what is scored by before")
    for view in (*list_policies(deployment, principal, as_of=as_of), default_policy()):
        if view.hash == key:
            return view
    raise NotFound("no scoring run followed a policy of this hash", hint="`policies` lists those that were followed")


def lint_document(text: str) -> tuple[Finding, ...]:
    """What lint says of a document. Raises `InvalidInput` where it cannot be read."""
    installed()
    return lint(read_toml(text))


def default_policy() -> PolicyView:
    """What is scored by where the organisation has no policy of its own."""
    installed()
    return PolicyView(policy_hash(DEFAULT_POLICY), DEFAULT_POLICY, lint(document_of(DEFAULT_POLICY)))
