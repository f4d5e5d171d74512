"""Take a load of events back."""

from datetime import datetime

from appraise.events.store import Undone
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import OPERATOR, mirror_loads


def undo_load(deployment: Deployment, load_id: str, *, at: datetime, actor: str = OPERATOR) -> Undone:
    """Remove a load's rows from every table; what they superseded counts again. Raises `NotFound`, `Conflict`."""
    undone = deployment.events.undo(load_id, at=at)
    mirror_loads(deployment, actor=actor)
    return undone
