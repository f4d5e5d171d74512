"""Which access tokens there are."""

from appraise.storage import tokens
from appraise.storage.tokens import Token
from appraise.use_cases.deployment import Deployment


def list_tokens(deployment: Deployment) -> list[Token]:
    """All that were not revoked, expired ones included, the oldest first."""
    with deployment.database.reading() as session:
        return tokens.unrevoked(session)
