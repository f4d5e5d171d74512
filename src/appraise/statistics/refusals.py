"""What the statistics refuse to answer. A refusal is a result; a made-up number is not."""

from appraise.errors import NotEnough


class NotEnoughGroups(NotEnough):
    """Too few employees to learn how much employees differ (Gelman 2006 asks for five)."""

    code = "NOT_ENOUGH_GROUPS"


class NotConverged(NotEnough):
    """A likelihood has no interior maximum on these data, so its parameters mean nothing."""

    code = "NOT_CONVERGED"
