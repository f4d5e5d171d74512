// What an import would do or did: counts first, then what needs somebody's attention.

import { html, nothing } from "lit";
import { money } from "./currencies.js";
import { EVENTS, moment } from "./hr-words.js";
import { format, number, plural, t, words } from "./language.js";
import { date, plain } from "./words.js";

/** @param {any} report @param {boolean} isDone */
export function reported(report, isDone) {
  return report.__typename === "PeopleImportReport" ? people(report, isDone) : events(report, isDone);
}

/** @param {[string, number, string][]} facts */
const counts = (facts) => html`<dl class="facts">
  ${facts.map(([name, count, tone]) => html`<div><dt>${name}</dt><dd class="number ${count > 0 ? tone : ""}">${number(count)}</dd></div>`)}
</dl>`;

/** @param {any} report @param {boolean} isDone */
function people(report, isDone) {
  return html`${report.refused ? html`<div class="notice bad"><p>${t`Refused as a whole: a row is bad, and one bad row was to be enough.`}</p></div>` : nothing}
    <p>${t`As of ${date(report.asOf)}, each employee counted once:`}</p>
    ${counts([
      [t`New`, report.created, ""],
      [t`Changed`, report.changed, ""],
      [t`Rehired`, report.rehired, ""],
      [isDone ? t`Job ended` : t`Job ends`, report.ended, "attention"],
      [t`Unchanged`, report.unchanged, ""],
      [t`Rows rejected`, report.rejected, "attention"],
      [t`Managers not known yet`, report.unresolved, "attention"],
    ])}
    ${notes(report.warnings)}
    ${report.changes.length === 0
      ? nothing
      : table(isDone ? t`What was changed` : t`What would be changed`, [t`Outcome`, t`Id`, t`Name`, t`What`], report.created + report.changed + report.rehired + report.ended,
          report.changes.map((/** @type {any} */ one) => [outcome(one), one.key, one.name, one.facts.map(fact).join("; ")]))}
    ${report.conflicting === 0 ? nothing : html`<p>${plural(report.conflicting, "{n} rejected row holds ids of different employees.", "{n} rejected rows hold ids of different employees.")}</p>`}
    ${report.proposals.length === 0
      ? nothing
      : table(t`New people who may be known already; nothing is merged unless a column with the known id is named`, [t`Row`, t`Name`, t`May be`, t`In common`], report.proposals.length,
          report.proposals.map((/** @type {any} */ one) => [one.row, one.name, `${one.knownName} (${one.known})`, one.shared.map((/** @type {string} */ kind) => SHARED[kind]).join(", ")]))}
    ${report.loops.length === 0
      ? nothing
      : html`<div class="notice bad"><p>${t`These reporting lines come back to themselves, and are not stored:`}</p>
          <ul>${report.loops.map((/** @type {string[]} */ loop) => html`<li>${loop.join(" → ")}</li>`)}</ul></div>`}
    ${report.unresolved === 0
      ? nothing
      : table(t`Managers whom nobody is known by yet; their lines wait for an import that brings them`, [t`Row`, t`Manager`, t`Why`], report.unresolved,
          report.unresolvedManagers.map((/** @type {any} */ one) => [one.row, one.manager.value, one.reason]))}
    ${rejected(report)} ${unread(report)}`;
}

/** @type {Record<string, string>} */
const OUTCOMES = words({ NEW: "New", CHANGED: "Changed", REHIRED: "Rehired", ENDED: "Job ends" });
/** @param {{outcome: string, since: string | null}} one */
const outcome = (one) => (one.since === null ? OUTCOMES[one.outcome] : t`Rehired on ${date(one.since)}`);
/** @type {Record<string, string>} */
const SHARED = words({ email: "E-mail address", name: "Name" });
/** @type {Record<string, string>} */
const FACTS = words({
  NAME: "Name",
  EMAIL: "E-mail address",
  STATUS: "Status",
  JOB_TITLE: "Job title",
  DEPARTMENT: "Department",
  ATTRIBUTES: "Further columns",
  JOB: "Jobs",
  MANAGERS: "Manager",
  DOTTED_MANAGERS: "Dotted managers",
});

/** @param {{fact: string, before: string | null, after: string | null, since: string | null}} one */
function fact(one) {
  const step = `${FACTS[one.fact]}: ${one.before ?? "–"} → ${one.after ?? "–"}`;
  return one.since === null ? step : t`${step}, from ${date(one.since)}`;
}

/** @param {any} report @param {boolean} isDone */
function events(report, isDone) {
  if (report.repeated) return html`<div class="notice"><p>${t`The same file was loaded before in the same way: there is nothing to do.`}</p></div>`;
  return html`${report.refused ? html`<div class="notice bad"><p>${t`Refused as a whole: a row is bad, and one bad row was to be enough.`}</p></div>` : nothing}
    <p>${plural(report.read, "{n} row read.", "{n} rows read.")}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t`By kind of event`}>
      <table>
        <thead>
          <tr><th scope="col">${t`Kind`}</th>
            ${[isDone ? t`Taken` : t`Would be taken`, t`of these corrections`, t`There already`, t`Twice in the file`, t`Left out`, t`Rejected`, t`Withdrawn`].map((name) => html`<th scope="col" class="number">${name}</th>`)}
            <th scope="col">${t`From … to`}</th></tr>
        </thead>
        <tbody>
          ${report.kinds.map((/** @type {any} */ one) => html`<tr>
            <th scope="row">${EVENTS[one.kind] ?? plain(one.kind)}</th>
            ${[one.accepted, one.superseding, one.unchanged, one.duplicates, one.skipped].map((count) => html`<td class="number">${number(count)}</td>`)}
            <td class="number ${one.rejected > 0 ? "attention" : ""}">${number(one.rejected)}</td>
            <td class="number">${number(one.withdrawn)}</td>
            <td>${one.first === null ? "–" : `${moment(one.first)} … ${moment(one.last)}`}${one.money.map((/** @type {any} */ sum) => html`<br />${money(sum.minor, sum.currency, (how) => format(Intl.NumberFormat, how))}`)}</td>
          </tr>`)}
        </tbody>
      </table>
    </div>
    ${report.overridden === 0 ? nothing : html`<p>${plural(report.overridden, "{n} event stands twice in the file with other content: the last row counts.", "{n} events stand twice in the file with other content: the last row counts.")}</p>`}
    ${report.kinds.every((/** @type {any} */ one) => one.withdrawn === 0) ? nothing : html`<p>${t`What an earlier file brought and this one says is no more, such as a cancelled order, is withdrawn: it counts no longer.`}</p>`}
    ${notes(report.warnings)}
    ${report.unknown === 0
      ? nothing
      : table(t`People who are not known yet; their events wait for an import that brings them`, [t`Id`, t`in`, t`Events`], report.unknown,
          report.unknownEmployees.map((/** @type {any} */ one) => [one.key, one.namespace, number(one.rows)]))}
    ${report.skippedByReason.length === 0 ? nothing : table(t`Left out on purpose`, [t`Why`, t`Rows`], report.skippedByReason.length, report.skippedByReason.map((/** @type {any} */ one) => [one.reason, number(one.count)]))}
    ${report.rejectedByReason.length === 0 ? nothing : table(t`Why rows are rejected`, [t`Why`, t`Rows`], report.rejectedByReason.length, report.rejectedByReason.map((/** @type {any} */ one) => [one.reason, number(one.count)]))}
    ${rejected(report)} ${unread(report)}`;
}

/** @param {any} report */
function rejected(report) {
  if (report.rejected === 0) return nothing;
  const rows = report.rejectedRows.map((/** @type {any} */ row) => [row.row, row.column ?? t`the whole row`, row.value ?? "", row.reason]);
  return table(t`Rejected rows`, [t`Row`, t`Column`, t`What stands there`, t`What is wrong`], report.rejected, rows);
}

/** @param {any} report */
const unread = (report) =>
  report.unmappedColumns.length === 0 ? nothing : html`<p class="soft">${t`Columns that are not read: ${report.unmappedColumns.join(", ")}.`}</p>`;

/** @param {string[]} warnings */
const notes = (warnings) => (warnings.length === 0 ? nothing : html`<div class="notice"><ul>${warnings.map((one) => html`<li>${one}</li>`)}</ul></div>`);

/** @param {string} caption @param {string[]} heads @param {number} all @param {(string | number)[][]} rows */
function table(caption, heads, all, rows) {
  const more = all > rows.length ? html`<p class="soft small">${t`The first ${rows.length} of ${all}.`}</p>` : nothing;
  return html`<details ?open=${rows.length <= 20}>
    <summary>${caption}: ${number(all)}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${more}
  </details>`;
}
