"""Which versions of the event tables a manifest names."""

from appraise.domain.events import EventKind
from appraise.domain.scorecards import Manifest


def versions_of(manifest: Manifest) -> dict[EventKind, int]:
    return {EventKind(kind): version for kind, version in manifest.event_versions}
