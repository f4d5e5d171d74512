"""Scoring runs: what they were computed from, and what they say of everybody at once."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.node import Node
from appraise.domain.language import retold
from appraise.domain.reading import RunState, ScoringRun
from appraise.domain.scorecards import Coverage, Flags, Manifest


@strawberry.type(
    name="Coverage",
    description="How much of an indicator's outcomes could be laid at somebody's door. The rest is never spread.",
)
class CoverageType:
    indicator: str = strawberry.field(description="Key of the indicator.")
    total: Decimal = strawberry.field(description="Number of outcomes in the cycle.")
    attributed: Decimal = strawberry.field(description="Number of outcomes attributed to employees.")
    unattributed: Decimal = strawberry.field(description="Number of the others: `total` − `attributed`.")
    notes: list[str] = strawberry.field(description="How the indicator was measured in this run, in sentences.")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        return cls(
            indicator=coverage.indicator,
            total=coverage.total,
            attributed=coverage.attributed,
            unattributed=coverage.unattributed,
            notes=[retold(note) for note in coverage.notes],
        )


@strawberry.type(name="EventVersion", description="The version of one event table that a run read.")
class EventVersionType:
    table: str = strawberry.field(description="Kind of event, e.g. `contacts`.")
    version: int = strawberry.field(description="The table's version, a count from 0.")


@strawberry.type(name="IndicatorPackage", description="Which package measured an indicator in a run.")
class IndicatorPackageType:
    indicator: str = strawberry.field(description="Key of the indicator.")
    package: str = strawberry.field(description="Name and version of the package.")


@strawberry.type(name="SoftwareVersion", description="Something whose version the digits of a run depend on.")
class SoftwareVersionType:
    name: str = strawberry.field(description="A library, the language, the kind of machine, or Appraise's sources.")
    version: str = strawberry.field(description="Its version; of sources the start of their SHA-256.")


@strawberry.type(
    name="Manifest", description="What a scoring run was computed from; the same manifest gives the same digits."
)
class ManifestType:
    code_version: str = strawberry.field(description="Version of Appraise.")
    policy_hash: str = strawberry.field(description="SHA-256 of the policy.")
    people_hash: str = strawberry.field(description="SHA-256 of the people as they were known.")
    event_versions: list[EventVersionType] = strawberry.field(description="The event tables' versions.")
    data_as_of: date = strawberry.field(description="The first day without data.")
    rates_hash: str | None = strawberry.field(
        description="SHA-256 of the exchange rates by which money was converted; null where there were none."
    )
    seed: int = strawberry.field(
        description="Where the random numbers of composites and standings start; a number without a unit."
    )
    indicators: list[IndicatorPackageType] = strawberry.field(description="Which package measured each indicator.")
    software: list[SoftwareVersionType] = strawberry.field(description="Versions of what it was computed with.")

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        return cls(
            code_version=manifest.code_version,
            policy_hash=manifest.policy_hash,
            people_hash=manifest.people_hash,
            event_versions=[EventVersionType(table=name, version=number) for name, number in manifest.event_versions],
            data_as_of=manifest.data_as_of,
            rates_hash=manifest.rates_hash,
            seed=manifest.seed,
            indicators=[IndicatorPackageType(indicator=key, package=package) for key, package in manifest.indicators],
            software=[SoftwareVersionType(name=name, version=version) for name, version in manifest.software],
        )


@strawberry.type(
    name="Flags",
    description=(
        "How many figures that carry consequences are flagged as different from expected, by a list of which at most "
        "the policy's `false_discovery_rate` is expected to be wrong."
    ),
)
class FlagsType:
    indicator: str = strawberry.field(description="Key of the indicator; `composite` for all of them together.")
    judged: int = strawberry.field(description="Number of figures that carry consequences.")
    better: int = strawberry.field(description="Number of figures flagged as better than expected.")
    worse: int = strawberry.field(description="Number of figures flagged as worse than expected.")
    expected_wrong: Decimal = strawberry.field(
        description="0 to 1: the share of the flagged that is expected to lie on the other side."
    )

    @classmethod
    def of(cls, flags: Flags) -> Self:
        return cls(
            indicator=flags.indicator,
            judged=flags.judged,
            better=flags.better,
            worse=flags.worse,
            expected_wrong=flags.expected_wrong,
        )


@strawberry.enum(name="RunState", description="How far a scoring run is.")
class RunStateValue(Enum):
    RUNNING = strawberry.enum_value(RunState.RUNNING, description="It has begun.")
    DONE = strawberry.enum_value(RunState.DONE, description="Its figures are stored.")
    FAILED = strawberry.enum_value(RunState.FAILED, description="It ended without figures; earlier ones stay.")


@strawberry.type(name="ScoringProgress", description="How far a scoring run is.")
class ScoringProgressType:
    step: str = strawberry.field(description="What is done now, in words.")
    done: int = strawberry.field(description="Number of steps done.")
    total: int = strawberry.field(description="Number of steps in all; 0 while that is not known.")


@strawberry.type(name="ScoringRun", description="One computation of all estimates of a cycle.")
class ScoringRunType(Node):
    state: RunStateValue = strawberry.field(description="How far it is.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    manifest: ManifestType | None = strawberry.field(description="What it was computed from; null until it is done.")
    coverage: list[CoverageType] = strawberry.field(description="What could be attributed, by indicator.")
    progress: ScoringProgressType | None = strawberry.field(description="How far it is; null once it is done.")
    attributable_share: Decimal | None = strawberry.field(
        description=(
            "Above 0, at most 1: the share of the variance between employees that the policy took to be their own; "
            "null until it is done."
        )
    )
    flags: list[FlagsType] = strawberry.field(
        description="How many are flagged as different from expected, by indicator, those of all together last."
    )

    @classmethod
    def of(cls, run: ScoringRun) -> Self:
        progress = run.progress
        return cls(
            id=to_global(Kind.RUN, run.id),
            state=RunStateValue(run.state),
            started_at=run.started_at,
            finished_at=run.finished_at,
            manifest=None if run.manifest is None else ManifestType.of(run.manifest),
            coverage=[CoverageType.of(coverage) for coverage in run.coverage],
            progress=None
            if progress is None
            else ScoringProgressType(step=progress.step, done=progress.done, total=progress.total),
            attributable_share=None if run.summary is None else run.summary.attributable_share,
            flags=[] if run.summary is None else [FlagsType.of(flags) for flags in run.summary.flags],
        )
