// What the audit log calls things, as people do.

import { ROLES, SCOPES } from "./hr-words.js";
import { t, words } from "./language.js";
import { STATES, plain } from "./words.js";

/** Of a line, what its facts are. @type {Record<string, string>} */
const FACTS = words({
  as_of: "as of",
  attributes: "attributes",
  base: "base currency",
  by: "by",
  bytes: "bytes",
  categories: "categories",
  changed: "changed",
  commented: "with a comment",
  correction: "correction",
  count: "count",
  cycle: "cycle",
  cycles: "cycles",
  days: "days",
  delegate: "delegate",
  delivery: "delivery",
  dispute: "dispute",
  embedded_by: "in the frame of",
  employee: "employee",
  employees: "employees",
  events: "events",
  expires: "expires",
  file: "file",
  for: "for",
  format: "format",
  from: "from",
  handed_in: "handed in",
  host: "HR system",
  indicator: "indicator",
  item: "item",
  job: "job of the service",
  kind: "kind",
  may_submit: "may hand in",
  messages: "messages",
  minted_by: "made by",
  note: "note",
  origin: "page of",
  outcome: "outcome",
  overlap: "both hold for",
  period: "period",
  place: "place",
  policy: "policy",
  range: "part",
  rates: "rates",
  rating: "rating",
  reason: "reason",
  reference: "reference",
  rejected: "rejected",
  replaced_by: "replaced by",
  reporting: "currency of reports",
  request: "request",
  revision: "revision",
  role: "role",
  roles: "roles",
  rules: "rules",
  scopes: "may",
  scorecards: "scorecards",
  section: "section",
  sections: "sections",
  sections_opened: "sections opened",
  sections_rescored: "sections scored again",
  session: "session",
  since: "since",
  source: "source",
  stance: "answer",
  stands_in_for: "stands in for",
  state: "state",
  to: "to",
  token: "token",
  until: "until",
  url: "address",
  viewer: "viewer",
  viewer_name: "name of the viewer",
  watch: "threshold",
  withdrawn: "taken back",
});

/** @type {Record<string, string>} */
const KINDS = words({
  employee: "person",
  section: "section",
  cycle: "cycle",
  run: "scoring run",
  webhook: "webhook",
  export: "export",
});

/** @type {Record<string, string>} */
const ANSWERS = words({ True: "yes", False: "no", AGREE: "agrees", SEEN_NOT_AGREE: "has seen it and does not agree" });

/** @type {Record<string, string>} */
const EXPORTS = words({ EMPLOYEES: "people", SECTIONS: "sections", EVENTS: "events", AUDIT: "audit log" });

/** @param {string} kind */
export const kindName = (kind) => KINDS[kind] ?? plain(kind);

/** @param {string} name */
export const factName = (name) => FACTS[name] ?? plain(name);

/** Words for what is one of several, hashes by their beginning, anything else as far as it fits. @param {string} value */
export function factValue(value) {
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.slice(0, 12)} …`;
  if (/^[A-Z_]+( [A-Z_]+)*$/.test(value)) return value.split(" ").map(word).join(", ");
  if (value in ANSWERS) return ANSWERS[value];
  return value.length > 80 ? `${value.slice(0, 80)} …` : value;
}

/** @param {string} value */
const word = (value) => ROLES[value]?.[0] ?? SCOPES[value]?.[0] ?? STATES[value] ?? ANSWERS[value] ?? EXPORTS[value] ?? plain(value).toLowerCase();

/** Who did it, where it was no employee. @param {string} name */
export const actorName = (name) => (name === "operator" || name === "command line" ? t`whoever runs the service` : name);
