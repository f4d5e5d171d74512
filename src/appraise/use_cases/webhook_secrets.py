"""Secrets by which receivers know that a message is ours: derived from the deployment's key, stored nowhere."""

import hmac
from base64 import b64encode
from datetime import datetime

from appraise.domain.webhooks import WebhookSecret
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment


def new_secret(*, at: datetime) -> WebhookSecret:
    return WebhookSecret(new_id(), at, None)


def secret_text(deployment: Deployment, secret: WebhookSecret) -> str:
    """As the receiver keeps it: `whsec_` and 256 bits in base64."""
    derived = hmac.digest(deployment.secret, f"webhook:{secret.id}".encode(), "sha256")
    return "whsec_" + b64encode(derived).decode()
