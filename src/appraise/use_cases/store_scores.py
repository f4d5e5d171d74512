"""Store a scoring run and bring the sections of its cycle in line with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from appraise.domain.corrections import DAYS_TO_DECIDE, Correction, differences, is_said, overtaken
from appraise.domain.cycles import Cycle
from appraise.domain.employees import Employment, ReportingKind
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import CorrectionId, EmployeeId, ItemId, RunId, SectionId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.people_documents import documents_of
from appraise.domain.policies import Policy
from appraise.domain.profiles import GENERAL, Shares, said_of, shares_of, weights_of
from appraise.domain.reading import RunState, ScoringRun
from appraise.domain.scorecards import Absence, Scorecard, ScoringResult
from appraise.domain.section_states import HANDED_IN, OPEN_TO_SCORING, SectionState
from appraise.domain.sections import Item, Section
from appraise.domain.webhooks import Notice
from appraise.storage import audit, corrections, cycles, outbox, people, people_snapshots, scorecards, sections
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def store_scores(  # noqa: PLR0913  # what was computed from whom by which rules, and when
    deployment: Deployment,
    cycle: Cycle,
    result: ScoringResult,
    policy: Policy,
    *,
    scored: PeopleSnapshot,
    started_at: datetime,
    at: datetime,
    announced: RunId | None = None,
) -> ScoringRun:
    """Scorecards, manifest, coverage and the people `scored`, and one section per scorecard, all in one transaction.

    New sections start COLLECTING; a DRAFT keeps ratings and comments of items that still have an estimate and loses
    the rating where the estimate is gone; what was handed in is not touched. `announced` is the run's id where others
    watch it already.
    """
    key = announced or RunId(new_id())
    run = ScoringRun(key, cycle.id, started_at, at, RunState.DONE, result.manifest, result.coverage, result.summary)

    def work(session: Session) -> ScoringRun:
        lock(session, f"cycle:{cycle.id}")
        cycles.add_run(session, run, policy, policy_hash=result.manifest.policy_hash)
        people_snapshots.add(session, documents_of(scored), at=at)
        scorecards.add(session, run.id, result.scorecards)
        known = {section.employee: section for section in sections.in_cycle(session, cycle.id)}
        standing = _Standing(people.snapshot(session), at.date())
        profiles = _profiles(scored, policy, cycle, result)
        current = [
            standing.placed(_rescored(known.get(card.employee) or _opened(card, run), card, run, policy, profiles))
            for card in result.scorecards
            if card.employee not in known or known[card.employee].state in OPEN_TO_SCORING
        ]
        new = [section for section in current if section.employee not in known]
        changed = [section for section in current if section.employee in known]
        sections.add(session, new, at=at)
        sections.save(session, changed, at=at)
        noticed = _corrected(session, run, result, known.values(), at=at)
        _tell(session, run, noticed, known.values(), at=at)
        details = [
            ("cycle", cycle.name),
            ("scorecards", str(len(result.scorecards))),
            ("sections_opened", str(len(new))),
            ("sections_rescored", str(len(changed))),
            ("policy", result.manifest.policy_hash),
        ]
        audit.append(session, at=at, actor="operator", action="cycle.score", subject=f"run:{run.id}", details=details)
        return run

    return committed(deployment, work)


def _profiles(
    scored: PeopleSnapshot, policy: Policy, cycle: Cycle, result: ScoringResult
) -> Mapping[EmployeeId, Shares]:
    as_of = result.manifest.data_as_of
    return shares_of(scored.employments, policy.profiles, cycle=cycle.period, data_as_of=as_of)


def _corrected(
    session: Session, run: ScoringRun, result: ScoringResult, known: Iterable[Section], *, at: datetime
) -> list[Correction]:
    """Notices for sections that keep the figures with which they were handed in, though the data say otherwise now.

    What the last notice of a section said already is not noticed again, nor what other days of the cycle say. A notice
    that waits for a decision about what is not so any more is ended.
    """
    cards = {card.employee: card for card in result.scorecards}
    known = [section for section in known if section.state in HANDED_IN and section.employee in cards]
    alike = {key for key in {section.run for section in known} if _same_days(cycles.run(session, key), run)}
    noticed = []
    for section in known:
        if section.run not in alike:
            continue
        found = differences(section, cards[section.employee])
        before = corrections.of(session, section.id)
        for ended in overtaken(found, section.revision, before):
            corrections.decide(session, ended)
        if not found or is_said(found, section.revision, before):
            continue
        correction = Correction(
            id=CorrectionId(new_id()),
            section=section.id,
            revision=section.revision,
            run=run.id,
            differences=found,
            noticed_at=at,
            decide_by=at.date() + DAYS_TO_DECIDE,
        )
        corrections.add(session, correction)
        noticed.append(correction)
    return noticed


def _same_days(before: ScoringRun, now: ScoringRun) -> bool:
    first, second = before.manifest, now.manifest
    return (
        first is None
        or second is None
        or (first.cycle_start, first.cycle_end) == (second.cycle_start, second.cycle_end)
    )


def _tell(
    session: Session, run: ScoringRun, noticed: Sequence[Correction], known: Iterable[Section], *, at: datetime
) -> None:
    facts: dict[str, str | int] = {"runId": encoded(Kind.RUN, run.id), "cycleId": encoded(Kind.CYCLE, run.cycle)}
    outbox.append(session, Notice.RUN_FINISHED, run.cycle, facts=facts, at=at)
    by_id = {section.id: section for section in known}
    for correction in noticed:
        section = by_id[correction.section]
        about = {
            "sectionId": encoded(Kind.SECTION, section.id),
            "employeeId": encoded(Kind.EMPLOYEE, section.employee),
            "version": section.version,
            "correctionId": encoded(Kind.CORRECTION, correction.id),
            "levelChanges": correction.band_changes,
        }
        outbox.append(session, Notice.SECTION_CORRECTED, section.id, facts=facts | about, at=at)


def _opened(scorecard: Scorecard, run: ScoringRun) -> Section:
    return Section(
        id=SectionId(new_id()),
        employee=scorecard.employee,
        cycle=run.cycle,
        run=run.id,
        state=SectionState.COLLECTING,
        version=0,
        revision=1,
        items=(),
    )


def _rescored(
    section: Section,
    scorecard: Scorecard,
    run: ScoringRun,
    policy: Policy,
    profiles: Mapping[EmployeeId, Shares],
) -> Section:
    shares = profiles.get(scorecard.employee, GENERAL)
    before = {item.indicator: item for item in section.items}
    weights = weights_of(shares, policy.weights)
    items = []
    for result in scorecard.results:
        known = before.get(result.indicator)
        weight = weights.get(result.indicator, Decimal(0))
        rating = None if known is None or isinstance(result, Absence) or not weight else known.rating
        if known is None:
            items.append(Item(ItemId(new_id()), result.indicator, weight, result))
        else:
            items.append(replace(known, weight=weight, result=result, rating=rating))
    return replace(
        section,
        run=run.id,
        items=tuple(items),
        version=section.version + 1,
        working_version=section.version + 1,
        floor=Decimal(str(policy.minimum_observed_weight)),
        profile=said_of(shares),
    )


class _Standing:
    """Job, department and manager of everybody on a day; of those who left, the last ones known."""

    def __init__(self, snapshot: PeopleSnapshot, day: date) -> None:
        self.names = {department.code: department.name for department in snapshot.departments}
        self.jobs: dict[EmployeeId, Employment] = {}
        for job in sorted(snapshot.employments, key=lambda job: (day in job.period, job.period.end or date.max)):
            self.jobs[job.employee] = job
        self.managers: dict[EmployeeId, EmployeeId] = {}
        lines = [line for line in snapshot.reporting_lines if line.kind is ReportingKind.SOLID]
        for line in sorted(lines, key=lambda line: (day in line.period, line.period.end or date.max)):
            self.managers[line.employee] = line.manager

    def placed(self, section: Section) -> Section:
        job = self.jobs.get(section.employee)
        department = None if job is None else job.department
        return replace(
            section,
            manager=self.managers.get(section.employee),
            job_title=None if job is None else job.job_title,
            department=None if department is None else self.names.get(department, department),
            department_code=department,
        )
