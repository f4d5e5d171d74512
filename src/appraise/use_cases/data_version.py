"""Which state of the records answers from now on rest on."""

from appraise.storage import data_version
from appraise.use_cases.deployment import Deployment


def current_data_version(deployment: Deployment) -> int:
    """Another number after each change; to be asked before the records are read."""
    with deployment.database.direct(one_state=False) as direct:
        return data_version.current(direct)
