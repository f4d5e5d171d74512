// What HR and auditors read of stages, obstacles and rules.

import { format, words } from "./language.js";

/** @type {Record<string, [name: string, what: string]>} */
export const STAGES = words({
  PLANNED: ["Planned", "Announced; nothing can be done in it yet."],
  OPEN: ["Open", "Evidence comes in; managers may rate."],
  SCORING: ["Rating", "Managers rate and hand in."],
  CALIBRATION: ["Calibration", "Sections are compared in sessions."],
  SHARING: ["Sharing", "Employees read their sections and answer."],
  CLOSED: ["Closed", "Done; single sections may be opened again."],
  ARCHIVED: ["Archived", "Nothing can be changed any more."],
  CANCELLED: ["Called off", "Nothing more is done in it."],
});

/** @type {Record<string, string>} */
export const OBSTACLES = words({
  NOT_SCORED: "Not scored",
  NO_MANAGER: "No manager",
  MANAGER_UNKNOWN: "Manager not known yet",
  MANAGER_LEFT: "Manager has left",
  NO_FIGURE: "No figure",
  BELOW_FLOOR: "Too little for a total",
  SHORT_TIME: "Few days at work",
  ON_LEAVE: "On leave",
  LEFT: "Has left",
  EXEMPT: "Exempt",
  VOID: "Void",
});

/** @type {Record<string, string>} */
export const EXEMPTIONS = words({
  NEW_HIRE: "Too short a time here",
  LEAVE: "On leave",
  SECONDMENT: "Working elsewhere",
  NO_CUSTOMER_DUTY: "No work with customers",
  LEFT: "Has left",
  LEGAL: "Legal reason",
});

/** The day before: the API's periods end on the first day that no longer counts. @param {string} day @param {number} by */
export function moved(day, by) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

/** Day and time where the reader is. @param {string} moment */
export const moment = (moment) => format(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));

/** @type {Record<string, string>} */
export const IMPORTS = words({
  PLANNING: "Being looked at",
  PLANNED: "Planned, not written",
  APPLYING: "Being imported",
  APPLIED: "Imported",
  UNDOING: "Being taken back",
  UNDONE: "Taken back",
  FAILED: "Failed",
  EXPIRED: "Cleared away",
});

/** @type {Record<string, string>} */
export const TONES = { PLANNING: "now", PLANNED: "now", APPLYING: "now", APPLIED: "good", UNDOING: "now", FAILED: "bad" };

/** @type {Record<string, [name: string, what: string]>} */
export const SCOPES = words({
  READ_PEOPLE: ["People", "names, jobs and reporting lines of everybody"],
  READ_SECTIONS: ["Final sections", "figures, ratings and words once a section is final"],
  READ_OPEN_SECTIONS: ["Open sections", "sections that are not final yet"],
  IMPORT_PEOPLE: ["Import people", "send files of people and have them imported"],
  IMPORT_EVENTS: ["Import events", "send files of contacts, ratings, purchases and the like"],
  MINT_EMBED: ["Viewers in a host", "let a host show sections to its viewers"],
});

/** @type {Record<string, [name: string, what: string]>} those that employees are granted */
export const ROLES = words({
  HR_ADMINISTRATOR: ["HR administrator", "Reads every section, runs cycles, imports, grants roles and decides what two people must."],
  EXECUTIVE: ["Executive", "Reads sections once they are handed in, and tables of the whole organisation. Each reading of a person is in the audit log."],
  AUDITOR: ["Auditor", "Reads every section and the whole audit log, and changes nothing."],
});

/** @type {Record<string, string>} what the log calls a deed, as people do; others are told by their own words */
export const DEEDS = words({
  "section.read": "read a section",
  "sections.read": "read a list of sections",
  "section.rate": "rated an item",
  "section.submit": "handed a section in",
  "section.hand_in_unreviewed": "handed a section in without its manager",
  "section.return": "gave a section back",
  "section.approve": "approved a section",
  "section.release": "released a section",
  "section.share": "shared a section",
  "section.acknowledge": "answered to a section",
  "section.finalise": "closed a section",
  "section.exempt": "exempted a section",
  "section.end_exemption": "ended an exemption",
  "section.void": "voided a section",
  "section.propose_reopening": "proposed to open a section again",
  "section.withdraw_reopening": "ended a proposal to open a section again",
  "section.reopen": "opened a section again",
  "contributions.read": "read contributions",
  "change.read": "read the change between cycles",
  "standing.read": "read a standing",
  "cycle.move": "moved a cycle to other days",
  "cycle.open": "announced or opened a cycle",
  "cycle.advance": "took a cycle on",
  "cycle.set_rules": "set a cycle’s rules",
  "cycle.cancel": "called a cycle off",
  "cycle.score": "a scoring run",
  "scoring.ask": "asked for a scoring run",
  "policy.try": "tried a policy",
  "people.export": "exported people",
  "people.import": "imported people",
  "upload.take": "sent a file",
  "import.plan": "planned an import",
  "import.apply": "applied an import",
  "import.undo": "took an import back",
  "load.undo": "took a load of events back",
  "customer.erase": "began to erase a customer from the events",
  "customer.erased": "erased a customer from the events",
  "events.compact": "compacted the files of the events",
  "rates.import": "imported exchange rates",
  "export.ask": "asked for an export",
  "export.download": "fetched an export",
  "audit.export": "exported the audit log",
  "fairness.report": "made or read the fairness report",
  "fairness.publish": "left the verdicts about groups for HR to read",
  "fairness.read": "read the verdicts about groups",
  "token.create": "made an access token",
  "token.rotate": "replaced an access token",
  "token.revoke": "revoked an access token",
  "role.grant": "granted a role",
  "role.revoke": "took a role away",
  "session.begin": "signed in",
  "session.end": "signed out",
  "section.assess_self": "wrote of themselves",
  "section.dispute": "disputed a rating or took that back",
  "section.claim": "said that evidence is wrong or took that back",
  "section.decide_dispute": "decided a dispute",
  "section.decide_claim": "decided a claim about evidence",
  "section.calibrate": "took a section through calibration",
  "section.give_part": "gave a part to a section",
  "section.write_back": "wrote a section into the HR system",
  "sections.export": "exported sections",
  "correction.annotate": "let a section stand with a note",
  "calibration.open": "opened a calibration session",
  "calibration.lock": "ended a calibration session",
  "delegation.name": "named a delegate",
  "delegation.end": "ended a delegation",
  "watch.keep": "put a threshold on a watch-list",
  "watch.drop": "took a threshold off a watch-list",
  "embed_token.create": "made a token for a host’s frame",
  "export.write": "wrote an export",
  "person.hold": "put a legal hold on somebody",
  "person.lift_hold": "lifted a legal hold",
  "person.propose_export": "proposed to export somebody’s record",
  "person.confirm_export": "confirmed the export of somebody’s record",
  "person.withdraw_export": "withdrew the export of somebody’s record",
  "person.fetch_export": "fetched somebody’s record",
  "person.propose_erasure": "proposed to erase somebody",
  "person.confirm_erasure": "confirmed the erasure of somebody",
  "person.withdraw_erasure": "withdrew the erasure of somebody",
  "protected.import": "imported protected attributes",
  "protected.erase": "erased protected attributes",
  "webhook.create": "told the service of a webhook",
  "webhook.enable": "switched a webhook on",
  "webhook.delete": "deleted a webhook",
  "webhook.disable": "switched a webhook off",
  "webhook.rotate": "replaced a webhook’s secret",
  "webhook.replay": "had webhook messages sent again",
});

/** What files hold, many of each. @type {Record<string, string>} */
export const EVENTS = words({
  people: "people",
  contacts: "contacts",
  ratings: "ratings",
  purchases: "purchases",
  subscriptions: "subscriptions",
  ownerships: "ownerships",
  customers: "customers",
});

/** @param {string} action */
export const deed = (action) => DEEDS[action] ?? action.replaceAll(/[._]/g, " ");
