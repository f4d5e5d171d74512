"""An appraisal cycle of the organisation."""

from dataclasses import dataclass

from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Cycle:
    """`period` is the time whose contacts count; `reference` is the cycle's id in the HR system."""

    id: CycleId
    name: str
    period: Period
    reference: ExternalReference | None = None
