"""Ids as other systems see them: opaque, one namespace for all kinds."""

from binascii import b2a_base64
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Final

URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


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


@cache
def encoder(kind: Kind) -> Callable[[str], str]:
    """From a key to its id; of one kind, as pages have many."""
    prefix = f"{kind}:".encode()

    def encode(key: str) -> str:
        return b2a_base64(prefix + key.encode(), newline=False).translate(URL_SAFE, b"=").decode()

    return encode


def encoded(kind: Kind, key: str) -> str:
    """URL-safe base64 without padding (RFC 4648, 5)."""
    return encoder(kind)(key)
