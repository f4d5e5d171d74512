"""Ids as other systems see them: opaque, one namespace for all kinds."""

import base64
from enum import StrEnum


class Kind(StrEnum):
    EMPLOYEE = "Employee"
    DEPARTMENT = "Department"
    CYCLE = "Cycle"
    SECTION = "Section"
    ITEM = "Item"
    RUN = "ScoringRun"
    DISPUTE = "Dispute"
    CORRECTION = "Correction"
    CALIBRATION = "CalibrationSession"
    PERSON_REQUEST = "PersonRequest"
    DELEGATION = "Delegation"
    WATCH = "Watch"
    WEBHOOK = "Webhook"
    DELIVERY = "WebhookDelivery"
    EXPORT = "Export"
    IMPORT = "Import"
    UPLOAD = "Upload"
    SCORING = "ScoringJob"
    TRIAL = "PolicyTrial"


def encoded(kind: Kind, key: str) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")
