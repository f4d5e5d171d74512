"""Where the peers of an employee lie."""

from decimal import Decimal
from typing import Annotated, Final, Self

import strawberry

from appraise.api.types.estimates import AbsenceResult
from appraise.domain.benchmarks import Benchmark
from appraise.domain.scorecards import Absence

BENCHMARK: Final = (
    "Where the figures of the employee's department lie in the same scoring run. All of them count, not only those "
    "whom the reader may see. An absence of the kind WITHHELD where fewer than the policy's `minimum_group` stand "
    "behind it, or are left when the reader takes away those whom they know, or could be had by subtraction. Null with "
    "an error FORBIDDEN for programs."
)


@strawberry.type(
    name="Benchmark",
    description=(
        "Half of the department's true figures lie between the quartiles, chance taken out; in the indicator's unit, "
        "rounded. They are estimates of where peers lie and nobody's own figure."
    ),
)
class BenchmarkType:
    group: str = strawberry.field(description="Name of the department.")
    others: int = strawberry.field(description="Number of others with a figure who stand behind it.")
    lower_quartile: Decimal = strawberry.field(
        description="A quarter of the true figures lie below; in the indicator's unit."
    )
    middle: Decimal = strawberry.field(description="Half lie below; in the indicator's unit.")
    upper_quartile: Decimal = strawberry.field(description="A quarter lie above; in the indicator's unit.")

    @classmethod
    def of(cls, benchmark: Benchmark) -> Self:
        return cls(
            group=benchmark.department,
            others=benchmark.others,
            lower_quartile=benchmark.lower_quartile,
            middle=benchmark.middle,
            upper_quartile=benchmark.upper_quartile,
        )


BenchmarkResult = Annotated[
    BenchmarkType | AbsenceResult,
    strawberry.union("BenchmarkResult", description="Where the peers lie, or that it is not told and why."),
]


def benchmark_result(found: Benchmark | Absence) -> BenchmarkType | AbsenceResult:
    return AbsenceResult.of(found) if isinstance(found, Absence) else BenchmarkType.of(found)
