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
