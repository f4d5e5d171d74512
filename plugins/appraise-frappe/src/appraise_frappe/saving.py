"""Saving over nothing but what was read."""

from collections.abc import Mapping
from typing import Any, Final

from appraise.adapters.host_http import Answered, HostHttp
from appraise.adapters.sinks import HostBusy

STALE: Final = "TimestampMismatchError"


def save(http: HostHttp, path: str, values: Mapping[str, Any]) -> None:
    """`values` have the time of `modified` that was read: Frappe refuses them where it is another one by now."""
    try:
        http.call("PUT", path, body=values)
    except Answered as refusal:
        if STALE in refusal.found:
            raise HostBusy("somebody saved it in the host at the same moment") from refusal
        raise
