// What an import would do or did: counts first, then what needs somebody's attention.

import { html, nothing } from "lit";
import { counted, moment } from "./hr-words.js";
import { date, plain } from "./words.js";

/** @param {any} report @param {boolean} isDone */
export function reported(report, isDone) {
  return report.__typename === "PeopleImportReport" ? people(report, isDone) : events(report, isDone);
}

/** @param {[string, number, string][]} facts */
const counts = (facts) => html`<dl class="facts">
  ${facts.map(([name, count, tone]) => html`<div><dt>${name}</dt><dd class="number ${count > 0 ? tone : ""}">${count.toLocaleString()}</dd></div>`)}
</dl>`;

/** @param {any} report @param {boolean} isDone */
function people(report, isDone) {
  return html`<p>As of ${date(report.asOf)}, each employee counted once:</p>
    ${counts([
      ["New", report.created, ""],
      ["Changed", report.changed, ""],
      [isDone ? "Job ended" : "Job ends", report.ended, "attention"],
      ["Unchanged", report.unchanged, ""],
      ["Rows rejected", report.rejected, "attention"],
      ["Managers not known yet", report.unresolved, "attention"],
    ])}
    ${notes(report.warnings)}
    ${report.loops.length === 0
      ? nothing
      : html`<div class="notice bad"><p>These reporting lines come back to themselves, and are not stored:</p>
          <ul>${report.loops.map((/** @type {string[]} */ loop) => html`<li>${loop.join(" → ")}</li>`)}</ul></div>`}
    ${report.unresolved === 0
      ? nothing
      : table("Managers whom nobody is known by yet; their lines wait for an import that brings them", ["Row", "Manager", "Why"], report.unresolved,
          report.unresolvedManagers.map((/** @type {any} */ one) => [one.row, one.manager.value, one.reason]))}
    ${rejected(report)} ${unread(report)}`;
}

/** @param {any} report @param {boolean} isDone */
function events(report, isDone) {
  if (report.repeated) return html`<div class="notice"><p>The same file was loaded before in the same way: there is nothing to do.</p></div>`;
  return html`${report.refused ? html`<div class="notice bad"><p>Refused as a whole: a row is bad, and one bad row was to be enough.</p></div>` : nothing}
    <p>${counted(report.read, "row", "rows")} read.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="By kind of event">
      <table>
        <thead>
          <tr><th scope="col">Kind</th>
            ${[isDone ? "Taken" : "Would be taken", "of these corrections", "There already", "Twice in the file", "Left out", "Rejected"].map((name) => html`<th scope="col" class="number">${name}</th>`)}
            <th scope="col">From … to</th></tr>
        </thead>
        <tbody>
          ${report.kinds.map((/** @type {any} */ one) => html`<tr>
            <th scope="row">${plain(one.kind)}</th>
            ${[one.accepted, one.superseding, one.unchanged, one.duplicates, one.skipped].map((count) => html`<td class="number">${count.toLocaleString()}</td>`)}
            <td class="number ${one.rejected > 0 ? "attention" : ""}">${one.rejected.toLocaleString()}</td>
            <td>${one.first === null ? "–" : `${moment(one.first)} … ${moment(one.last)}`}${one.money.map((/** @type {any} */ sum) => html`<br />${money(sum)}`)}</td>
          </tr>`)}
        </tbody>
      </table>
    </div>
    ${report.overridden === 0 ? nothing : html`<p>${counted(report.overridden, "event stands", "events stand")} twice in the file with other content: the last row counts.</p>`}
    ${notes(report.warnings)}
    ${report.unknown === 0
      ? nothing
      : table("People who are not known yet; their events wait for an import that brings them", ["Id", "of", "Events"], report.unknown,
          report.unknownEmployees.map((/** @type {any} */ one) => [one.key, one.namespace, one.rows.toLocaleString()]))}
    ${report.skippedByReason.length === 0 ? nothing : table("Left out on purpose", ["Why", "Rows"], report.skippedByReason.length, report.skippedByReason.map((/** @type {any} */ one) => [one.reason, one.count.toLocaleString()]))}
    ${report.rejectedByReason.length === 0 ? nothing : table("Why rows are rejected", ["Why", "Rows"], report.rejectedByReason.length, report.rejectedByReason.map((/** @type {any} */ one) => [one.reason, one.count.toLocaleString()]))}
    ${rejected(report)} ${unread(report)}`;
}

/** @param {{currency: string, minor: string}} sum */
function money(sum) {
  const format = new Intl.NumberFormat(navigator.language, { style: "currency", currency: sum.currency });
  return format.format(Number(sum.minor) / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** @param {any} report */
function rejected(report) {
  if (report.rejected === 0) return nothing;
  const rows = report.rejectedRows.map((/** @type {any} */ row) => [row.row, row.column ?? "the whole row", row.value ?? "", row.reason]);
  return table("Rejected rows", ["Row", "Column", "What stands there", "What is wrong"], report.rejected, rows);
}

/** @param {any} report */
const unread = (report) =>
  report.unmappedColumns.length === 0 ? nothing : html`<p class="soft">Columns that are not read: ${report.unmappedColumns.join(", ")}.</p>`;

/** @param {string[]} warnings */
const notes = (warnings) => (warnings.length === 0 ? nothing : html`<div class="notice"><ul>${warnings.map((one) => html`<li>${one}</li>`)}</ul></div>`);

/** @param {string} caption @param {string[]} heads @param {number} all @param {(string | number)[][]} rows */
function table(caption, heads, all, rows) {
  const more = all > rows.length ? html`<p class="soft small">The first ${rows.length.toLocaleString()} of ${all.toLocaleString()}.</p>` : nothing;
  return html`<details ?open=${rows.length <= 20}>
    <summary>${caption}: ${all.toLocaleString()}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
      <table>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${more}
  </details>`;
}
