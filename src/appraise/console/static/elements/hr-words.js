// What HR and auditors read of stages, obstacles and rules.

const locale = navigator.language;

/** @type {Record<string, [name: string, what: string]>} */
export const STAGES = {
  PLANNED: ["Planned", "Announced; nothing can be done in it yet."],
  OPEN: ["Open", "Evidence comes in; managers may rate."],
  SCORING: ["Rating", "Managers rate and hand in."],
  CALIBRATION: ["Calibration", "Sections are compared in sessions."],
  SHARING: ["Sharing", "Employees read their sections and answer."],
  CLOSED: ["Closed", "Done; single sections may be opened again."],
  ARCHIVED: ["Archived", "Nothing can be changed any more."],
  CANCELLED: ["Called off", "Nothing more is done in it."],
};

/** @type {Record<string, string>} */
export const OBSTACLES = {
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
};

/** @type {Record<string, string>} */
export const EXEMPTIONS = {
  NEW_HIRE: "Too short a time here",
  LEAVE: "On leave",
  SECONDMENT: "Working elsewhere",
  NO_CUSTOMER_DUTY: "No work with customers",
  LEFT: "Has left",
  LEGAL: "Legal reason",
};

/** @param {number} count @param {string} one @param {string} many */
export const counted = (count, one, many) => `${count.toLocaleString(locale)} ${count === 1 ? one : many}`;

/** The day before: the API's periods end on the first day that no longer counts. @param {string} day @param {number} by */
export function moved(day, by) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

/** Day and time where the reader is. @param {string} moment */
export const moment = (moment) => moments.format(new Date(moment));

/** @type {Record<string, {name: string, tone: string}>} */
export const IMPORTS = {
  PLANNING: { name: "Being looked at", tone: "now" },
  PLANNED: { name: "Planned, not written", tone: "now" },
  APPLYING: { name: "Being imported", tone: "now" },
  APPLIED: { name: "Imported", tone: "good" },
  UNDOING: { name: "Being taken back", tone: "now" },
  UNDONE: { name: "Taken back", tone: "" },
  FAILED: { name: "Failed", tone: "bad" },
  EXPIRED: { name: "Cleared away", tone: "" },
};

/** @type {Record<string, [name: string, what: string]>} */
export const SCOPES = {
  READ_PEOPLE: ["People", "names, jobs and reporting lines of everybody"],
  READ_SECTIONS: ["Final sections", "figures, ratings and words once a section is final"],
  READ_OPEN_SECTIONS: ["Open sections", "sections that are not final yet"],
  IMPORT_PEOPLE: ["Import people", "send files of people and have them imported"],
  IMPORT_EVENTS: ["Import events", "send files of contacts, ratings, purchases and the like"],
  MINT_EMBED: ["Viewers in a host", "let a host show sections to its viewers"],
};

/** @type {Record<string, string>} what the log calls a deed, as people do; others are told by their own words */
export const DEEDS = {
  "section.read": "read a section",
  "sections.read": "read a list of sections",
  "section.rate": "rated an item",
  "section.submit": "handed a section in",
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
  "section.reopen": "opened a section again",
  "contributions.read": "read contributions",
  "change.read": "read the change between cycles",
  "standing.read": "read a standing",
  "cycle.open": "announced or opened a cycle",
  "cycle.advance": "took a cycle on",
  "cycle.set_rules": "set a cycle’s rules",
  "cycle.cancel": "called a cycle off",
  "cycle.score": "a scoring run",
  "scoring.ask": "asked for a scoring run",
  "policy.try": "tried a policy",
  "people.import": "imported people",
  "upload.take": "sent a file",
  "import.plan": "planned an import",
  "import.apply": "applied an import",
  "import.undo": "took an import back",
  "load.undo": "took a load of events back",
  "customer.erase": "erased a customer from the events",
  "export.ask": "asked for an export",
  "export.download": "fetched an export",
  "audit.export": "exported the audit log",
  "fairness.report": "made or read the fairness report",
  "token.create": "made an access token",
  "token.rotate": "replaced an access token",
  "token.revoke": "revoked an access token",
  "role.grant": "granted a role",
  "session.begin": "signed in",
  "session.end": "signed out",
};

/** @param {string} action */
export const deed = (action) => DEEDS[action] ?? action.replaceAll(/[._]/g, " ");
