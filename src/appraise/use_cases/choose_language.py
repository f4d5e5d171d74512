"""Somebody chooses the language in which pages and mails speak to them."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.errors import InvalidInput
from appraise.languages import NAMES, PSEUDO
from appraise.storage import languages
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed
from appraise.use_cases.web_session import authenticate_session


def choose_language(deployment: Deployment, principal: Principal | None, tag: str) -> None:
    """Kept of an employee; of anybody else only checked. Raises `InvalidInput` where there is no such language."""
    if tag not in NAMES and tag not in PSEUDO:
        raise InvalidInput(f"there is no language {tag!r}", expected=f"one of {', '.join(NAMES)}")
    employee = None if principal is None else principal.employee
    if employee is not None and tag in NAMES:
        committed(deployment, lambda session: languages.choose(session, employee, tag))


def language_of_session(deployment: Deployment, session_id: str, *, at: datetime) -> str | None:
    """What the one who began a session of the console once chose, maybe in another browser."""
    employee = authenticate_session(deployment, session_id, at=at).employee
    with deployment.database.reading() as session:
        return None if employee is None else languages.chosen(session, employee)
