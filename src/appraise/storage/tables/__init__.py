"""The records database as SQLModel table classes, and the Core tables that all statements are made of."""

from typing import Final

from sqlalchemy import MetaData, Table

from appraise.storage.tables import appraisal, doors, jobs, money, people, webhooks, workflow
from appraise.storage.tables.columns import Record

METADATA: Final[MetaData] = Record.metadata


def _table(row: type[Record]) -> Table:
    return METADATA.tables[str(row.__tablename__)]


EMPLOYEES: Final = _table(people.EmployeeRow)
EXTERNAL_REFERENCES: Final = _table(people.ExternalReferenceRow)
EMPLOYMENTS: Final = _table(people.EmploymentRow)
REPORTING_LINES: Final = _table(people.ReportingLineRow)
DEPARTMENTS: Final = _table(people.DepartmentRow)
CYCLES: Final = _table(appraisal.CycleRow)
POLICIES: Final = _table(appraisal.PolicyRow)
SCORING_RUNS: Final = _table(appraisal.ScoringRunRow)
PEOPLE_SNAPSHOTS: Final = _table(appraisal.PeopleSnapshotRow)
PERSON_TEXTS: Final = _table(appraisal.PersonTextRow)
SCORECARDS: Final = _table(appraisal.ScorecardRow)
COMPOSITES: Final = _table(appraisal.CompositeRow)
STANDINGS: Final = _table(appraisal.StandingRow)
SECTIONS: Final = _table(appraisal.SectionRow)
SECTION_REVISIONS: Final = _table(appraisal.SectionRevisionRow)
ITEMS: Final = _table(appraisal.ItemRow)
ACCESS_TOKENS: Final = _table(doors.AccessTokenRow)
EMBED_TOKENS: Final = _table(doors.EmbedTokenRow)
WEB_SESSIONS: Final = _table(doors.WebSessionRow)
DATA_VERSION: Final = _table(doors.DataVersionRow)
ROLE_GRANTS: Final = _table(doors.RoleGrantRow)
IDEMPOTENCY_KEYS: Final = _table(doors.IdempotencyKeyRow)
AUDIT_LOG: Final = _table(doors.AuditLogRow)
AUDIT_LISTS: Final = _table(doors.AuditListRow)
LOADS: Final = _table(doors.LoadRow)
LANGUAGES: Final = _table(doors.LanguageRow)
OUTBOX: Final = _table(webhooks.OutboxRow)
WEBHOOKS: Final = _table(webhooks.WebhookRow)
WEBHOOK_SECRETS: Final = _table(webhooks.WebhookSecretRow)
DELIVERIES: Final = _table(webhooks.DeliveryRow)
JOBS: Final = _table(jobs.JobRow)
EXPORT_SUBJECTS: Final = _table(jobs.ExportSubjectRow)
UPLOADS: Final = _table(jobs.UploadRow)
DISPUTES: Final = _table(workflow.DisputeRow)
CORRECTIONS: Final = _table(workflow.CorrectionRow)
CALIBRATION_SESSIONS: Final = _table(workflow.CalibrationSessionRow)
CALIBRATION_MOVES: Final = _table(workflow.CalibrationMoveRow)
DELEGATIONS: Final = _table(workflow.DelegationRow)
SECTION_PARTS: Final = _table(workflow.SectionPartRow)
PERSON_REQUESTS: Final = _table(workflow.PersonRequestRow)
LEGAL_HOLDS: Final = _table(workflow.LegalHoldRow)
REMINDERS: Final = _table(workflow.ReminderRow)
MAILS: Final = _table(workflow.MailRow)
TOLD_TASKS: Final = _table(workflow.ToldTaskRow)
FAIRNESS_VERDICTS: Final = _table(workflow.FairnessVerdictsRow)
WATCHES: Final = _table(workflow.WatchRow)
WATCH_FINDINGS: Final = _table(workflow.WatchFindingRow)
RATE_SHEETS: Final = _table(money.RateSheetRow)
EXCHANGE_RATES: Final = _table(money.ExchangeRateRow)
WRITE_BACKS: Final = _table(workflow.WriteBackRow)
