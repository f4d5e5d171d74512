"""Where the peers of an employee lie: told of enough of them or not at all."""

from dataclasses import dataclass
from decimal import Decimal

from appraise.domain.identifiers import IndicatorKey


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Half of the true figures of a department lie between the quartiles, chance taken out; in the indicator's unit.

    They are estimated of all there with a figure, the employee among them, and rounded for reading: they are nobody's
    own figure. `others` are these without the employee.
    """

    indicator: IndicatorKey
    department: str
    others: int
    lower_quartile: Decimal
    middle: Decimal
    upper_quartile: Decimal
