"""Who was granted which role."""

from appraise.domain.access import Role
from appraise.storage import role_grants
from appraise.storage.role_grants import RoleGrant
from appraise.use_cases.deployment import Deployment


def list_roles(deployment: Deployment, role: Role | None = None) -> list[RoleGrant]:
    """By the employee's name, then by the role; those by an identity provider's claim are not among them."""
    with deployment.database.reading() as session:
        return role_grants.listed(session, role)
