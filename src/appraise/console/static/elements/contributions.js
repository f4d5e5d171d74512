// <appraise-contributions>: what employees, teams and departments contributed to the indicators, cycle by cycle.

import { css, html, nothing } from "lit";
import { Client, RequestFailed } from "./client.js";
import { saveFile, saveTable } from "./download.js";
import { failed } from "./failed.js";
import { history, reachOf } from "./history.js";
import { Spoken, language, t, words } from "./language.js";
import { ReadContributions } from "./operations.js";
import { pictures, shared } from "./styles.js";
import "./watch-list.js";
import { ABSENCES, amount, date, figure, unitWords } from "./words.js";

const PAGE = 100; // rows, a row being a group in one cycle
const LEAST = { POINTS: 5, PERCENT: 5, RATIO: 0.1 }; // so that figures that hardly differ do not look dramatic
const OF_GROUPS = 0.4; // groups differ less than people

/** @type {Record<string, string>} */
const GROUPS = words({ ORGANISATION: "Everybody", DEPARTMENT: "Departments", UNIT: "Teams", PROFILE: "Role profiles", EMPLOYEE: "People" });

/**
 * @typedef {{period: {name: string}, group: {key: string | null, name: string}, contributions: any[]}} Row
 * @typedef {{key: string, name: string, rows: Row[]}} Group rows oldest first
 */

export class AppraiseContributions extends Spoken {
  static properties = {
    endpoint: {},
    token: { attribute: false },
    _rows: { state: true },
    _more: { state: true },
    _whole: { state: true },
    _failure: { state: true },
    _isBusy: { state: true },
  };

  constructor() {
    super();
    this.endpoint = "/graphql";
    /** @type {string | null} */
    this.token = null;
    /** @type {Row[] | null} */
    this._rows = null;
    /** @type {string | null} */
    this._more = null;
    /** Everybody in one row for each cycle, where no group is told of. @type {Row[]} */
    this._whole = [];
    /** @type {RequestFailed | null} */
    this._failure = null;
    this._isBusy = false;
    /** @type {Set<string>} keys of the groups whose table has been opened */
    this._opened = new Set();
    this._query = 0;
    /** The language in which all was read. */
    this._readIn = "";
    const asked = new URLSearchParams(location.search);
    this.by = asked.get("by")?.toUpperCase() ?? "";
    this.isFinalised = asked.get("as") === "finalised";
  }

  languageChanged() {
    super.languageChanged();
    if (this.client && this._readIn !== language()) this.#read(null);
  }

  /** The service works while the page draws its head. Attribute `by`: of what, where the address does not say. */
  connectedCallback() {
    super.connectedCallback();
    if (this.client) return;
    this.by = [this.by, this.getAttribute("by")?.toUpperCase()].find((one) => one !== undefined && one in GROUPS) ?? "DEPARTMENT";
    this.client = new Client(this.endpoint, this.token);
    this.#read();
  }

  /** @param {string | null} after */
  async #read(after = null) {
    const query = ++this._query;
    this._isBusy = true;
    this._readIn = language();
    try {
      const contributions = await this.#ask(this.by, after);
      if (query !== this._query) return; // a later question was asked meanwhile
      const isUntold = after === null && this.by !== "ORGANISATION" && contributions.nodes.length > 0 && !contributions.nodes.some((/** @type {Row} */ row) => this.#isTold(row));
      const whole = isUntold ? (await this.#ask("ORGANISATION", null)).nodes : [];
      if (query !== this._query) return;
      this._whole = after === null ? whole : this._whole;
      this._rows = after === null ? contributions.nodes : [...(this._rows ?? []), ...contributions.nodes];
      this._more = contributions.pageInfo.hasNextPage ? contributions.pageInfo.endCursor : null;
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    }
    this._isBusy = false;
  }

  /** @param {string} dimension @param {string | null} after */
  async #ask(dimension, after) {
    const variables = { first: PAGE, after, groupBy: { dimension }, isFinalised: this.isFinalised };
    return (await /** @type {Client} */ (this.client).send(ReadContributions, variables)).contributions;
  }

  /** @param {Row} row */
  #isTold(row) {
    return row.contributions.some((one) => this.#reading(one)?.result.__typename === "ContributionFigure");
  }

  /** @param {{by?: string, isFinalised?: boolean}} change */
  #choose(change) {
    Object.assign(this, change);
    const address = new URLSearchParams({ by: this.by.toLowerCase(), ...(this.isFinalised ? { as: "finalised" } : {}) });
    window.history.replaceState(null, "", `?${address}`);
    this.requestUpdate();
    this._rows = null; // what was read has the other figures
    this._opened.clear();
    this.#read();
  }

  /** @param {Row[]} rows @returns {Group[]} */
  #groups(rows) {
    /** @type {Map<string, Group>} */
    const found = new Map();
    for (const row of rows) {
      const key = row.group.key ?? "";
      if (!found.has(key)) found.set(key, { key, name: row.group.name, rows: [] });
      found.get(key)?.rows.unshift(row);
    }
    return [...found.values()];
  }

  /** @param {any} contribution */
  #reading(contribution) {
    return (this.isFinalised ? contribution.asFinalised : contribution.asNowKnown) ?? null;
  }

  render() {
    return html`<header>
        <h1>${t`Contributions`}</h1>
        ${this.#controls()}
      </header>
      ${this._failure === null ? nothing : failed(this._failure, this.token, () => this.#read())}
      <appraise-watch-list .endpoint=${this.endpoint} .token=${this.token}></appraise-watch-list>
      ${this.#results()}`;
  }

  #controls() {
    const by = Object.entries(GROUPS);
    return html`<form aria-label=${t`Contributions`} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label>
        <span>${t`Of`}</span>
        <select @change=${(/** @type {any} */ event) => this.#choose({ by: event.target.value })}>
          ${by.map(([value, name]) => html`<option value=${value} ?selected=${value === this.by}>${name}</option>`)}
        </select>
      </label>
      <label>
        <span>${t`Figures`}</span>
        <select @change=${(/** @type {any} */ event) => this.#choose({ isFinalised: event.target.value === "finalised" })}>
          <option value="now" ?selected=${!this.isFinalised}>${t`As known now`}</option>
          <option value="finalised" ?selected=${this.isFinalised}>${t`As finalised`}</option>
        </select>
      </label>
      <p class="files">
        <button class="button" type="button" ?disabled=${this._rows === null || this._rows.length === 0} @click=${this.#save}>${t`Save as CSV`}</button>
        <button class="button" type="button" @click=${() => this.#fetch("table.xlsx")}>${t`Save as Excel`}</button>
        <button class="button" type="button" @click=${() => this.#fetch("report.pdf")}>${t`Report as PDF`}</button>
      </p>
    </form>`;
  }

  #results() {
    if (this._rows === null) return this._failure === null ? this.#waiting() : nothing;
    const groups = [...this.#groups(this._whole), ...this.#groups(this._rows)];
    if (groups.length === 0) return html`<p class="empty">${t`There is nothing scored that you may see.`}</p>`;
    const measures = this._rows[0].contributions.map((/** @type {any} */ one) => one.indicator);
    const reaches = new Map(measures.map((/** @type {any} */ measure) => [measure.key, this.#reach(measure)]));
    return html`${this.#untold()}<p class="soft small lead" role="status">
        ${this._isBusy ? t`Loading …` : t`${GROUPS[this.by]}, by name.`} ${t`Dot: figure. Bar: 90 % and 95 % interval. Dashed: expected of anyone with
        the same customers. Better is up. Whatever does not reach clear of the dashed line is not told from it.`}
      </p>
      <div class="groups ${this._isBusy ? "busy" : ""}">${groups.map((group) => this.#group(group, measures, reaches))}</div>
      ${this._more === null
        ? nothing
        : html`<p class="more"><button class="button" ?disabled=${this._isBusy} @click=${() => this.#read(this._more)}>${this._isBusy ? t`Loading …` : t`Show more`}</button></p>`}
      ${this.#notes()}`;
  }

  /** Why the groups have no figures, and what would have. */
  #untold() {
    if (this._whole.length === 0) return nothing;
    const hasWhole = this._whole.some((row) => this.#isTold(row));
    return html`<div class="notice">
      <p>${hasWhole ? t`None of these groups is told of by itself, so that everybody together comes first.` : t`Neither these groups nor everybody together can be told of yet.`}
        ${t`A figure is shown where enough people stand behind it that it is nobody’s own: as many as the policy says, and never fewer than 5.`}</p>
      <p>${t`It comes with more people: with more sections handed in and scored, and with larger groups.`} <a href="/policies">${t`What the policy says`}</a></p>
    </div>`;
  }

  /** @param {any} measure */
  #reach(measure) {
    const figures = [...this._whole, ...(this._rows ?? [])].flatMap((row) => {
      const one = row.contributions.find((/** @type {any} */ other) => other.indicator.key === measure.key);
      const result = one && this.#reading(one)?.result;
      return result?.__typename === "ContributionFigure" ? [result] : [];
    });
    const least = LEAST[/** @type {keyof typeof LEAST} */ (measure.unit)] ?? 0;
    return reachOf(figures, this.by === "EMPLOYEE" ? least : least * OF_GROUPS);
  }

  /** @param {Group} group @param {any[]} measures @param {Map<string, number>} reaches */
  #group(group, measures, reaches) {
    const readings = group.rows.flatMap((row) => row.contributions.map((one) => this.#reading(one)));
    const kinds = new Set(readings.map((one) => one?.result.kind));
    if (kinds.size === 1 && !readings.some((one) => one?.result.__typename === "ContributionFigure")) {
      const why = kinds.has("WITHHELD") ? readings[0].result.sentence : this.#why(readings[0]);
      return html`<article><h2>${group.name}</h2><p class="soft absent">${why}</p></article>`;
    }
    return html`<article>
      <h2>${group.name}</h2>
      <div class="measures">${measures.map((measure) => this.#measure(group, measure, /** @type {number} */ (reaches.get(measure.key))))}</div>
      <details @toggle=${(/** @type {any} */ event) => event.target.open && this.#open(group.key)}>
        <summary><span aria-hidden="true">${t`Figures`}</span><span class="hidden">${t`Figures of ${group.name}`}</span></summary>
        ${this._opened.has(group.key) ? this.#table(group) : nothing}
      </details>
    </article>`;
  }

  /** A table is drawn when somebody wants to read it: of a hundred groups most stay shut. @param {string} key */
  #open(key) {
    this._opened.add(key);
    this.requestUpdate();
  }

  /** @param {Group} group @param {any} measure @param {number} reach */
  #measure(group, measure, reach) {
    const readings = group.rows.map((row) => {
      const one = row.contributions.find((/** @type {any} */ other) => other.indicator.key === measure.key);
      return { cycle: row.period.name, reading: one === undefined ? null : this.#reading(one) };
    });
    const cycles = readings.map(({ cycle, reading }) => ({
      cycle,
      figure: reading?.result.__typename === "ContributionFigure" ? reading.result : null,
    }));
    const newest = readings[readings.length - 1];
    const latest = cycles[cycles.length - 1].figure;
    return html`<section>
      <h3>${measure.name}</h3>
      ${cycles.some((one) => one.figure !== null) ? history(cycles, measure, reach) : nothing}
      <p class="small">
        ${latest === null
          ? html`<span class="soft absent">${this.#why(newest.reading)}</span>`
          : html`<b>${figure(latest.value, measure.unit)}</b> <span class="soft">${t`expected ${figure(latest.expected, measure.unit)}`}</span>`}
      </p>
    </section>`;
  }

  /** @param {any} reading */
  #why(reading) {
    if (reading === null) return this.isFinalised ? t`nothing finalised` : t`not scored`;
    return ABSENCES[reading.result.kind] ?? reading.result.sentence;
  }

  /** @param {Group} group */
  #table(group) {
    const lines = group.rows.toReversed().flatMap((row) =>
      row.contributions.map((contribution) => ({ cycle: row.period.name, measure: contribution.indicator, reading: this.#reading(contribution) })),
    );
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t`Figures of ${group.name}`}><table>
      <thead>
        <tr><th scope="col">${t`Cycle`}</th><th scope="col">${t`Indicator`}</th><th scope="col">${t`Figure`}</th><th scope="col">${t`95 % interval`}</th><th scope="col">${t`Expected`}</th><th scope="col">${t`Adds up to`}</th><th scope="col">${t`Measured`}</th></tr>
      </thead>
      <tbody>${lines.map(({ cycle, measure, reading }) => html`<tr><th scope="row">${cycle}</th><td>${measure.name}</td>${this.#cells(measure, reading)}</tr>`)}</tbody>
    </table></div>`;
  }

  /** @param {any} measure @param {any} reading */
  #cells(measure, reading) {
    const measured = reading?.coverage ? t`${reading.coverage.measured} of ${reading.coverage.employees}` : "";
    if (reading?.result.__typename !== "ContributionFigure") {
      return html`<td colspan="4" class="absent soft">${reading === null ? this.#why(null) : reading.result.sentence}</td><td>${measured}</td>`;
    }
    const { value, lower, upper, expected } = reading.result;
    return html`<td>${figure(value, measure.unit)} <span class="soft">${unitWords(measure.unit)}</span></td>
      <td>${t`${figure(lower, measure.unit)} to ${figure(upper, measure.unit)}`}</td>
      <td>${figure(expected, measure.unit)}</td>
      <td>${!reading.total ? "" : html`${amount(reading.total.amount, reading.total)} <span class="soft">${t`(${amount(reading.total.lower, reading.total)} to ${amount(reading.total.upper, reading.total)})`}</span>`}</td>
      <td>${measured}</td>`;
  }

  /** What adds up and what does not, and as of when. */
  #notes() {
    const first = this._rows?.[0]?.contributions ?? [];
    const adds = first.filter((/** @type {any} */ one) => one.totalDefinition !== undefined);
    const days = (this._rows ?? []).flatMap((row) => row.contributions.map((one) => this.#reading(one)?.dataAsOf ?? "")).filter(Boolean);
    return html`<section class="notes">
      <h2>${t`How to read this`}</h2>
      <ul>
        <li>${t`A group's figure is the mean of what its members were measured at, each weighted by how sure it is. Figures are never added or averaged again.`}</li>
        ${adds.map((/** @type {any} */ one) => html`<li>${t`${one.indicator.name} adds up to: ${one.totalDefinition.meaning}`}</li>`)}
        <li>${t`Nobody is ranked here: rows go by name. Groups too small to show without telling of single people are withheld.`}</li>
        ${days.length === 0 ? nothing : html`<li>${t`Data up to ${date(days.sort()[days.length - 1])} (that day not included).`}</li>`}
      </ul>
    </section>`;
  }

  #save() {
    const lines = this.#groups(this._rows ?? []).flatMap((group) =>
      group.rows.flatMap((row) =>
        row.contributions.map((contribution) => {
          const reading = this.#reading(contribution);
          const { value, lower, upper, expected, sentence } = reading?.result ?? {};
          const { measured, employees } = reading?.coverage ?? {};
          const { amount: total, unit, currency } = reading?.total ?? {};
          return [group.name, row.period.name, contribution.indicator.key, value, lower, upper, expected, total, currency ?? unit, measured, employees, sentence];
        }),
      ),
    );
    const heads = ["group", "cycle", "indicator", "figure", "lower_95", "upper_95", "expected", "total", "total_unit", "measured", "employees", "reason_without_figure"];
    saveTable(`contributions-${this.by.toLowerCase()}.csv`, [heads, ...lines]);
  }

  /** @param {"table.xlsx" | "report.pdf"} file */
  async #fetch(file) {
    const asked = new URLSearchParams({ by: this.by.toLowerCase(), as: this.isFinalised ? "finalised" : "now" });
    try {
      saveFile(`contributions-${file}`, await /** @type {Client} */ (this.client).file(`/contributions/${file}?${asked}`));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    }
  }

  #waiting() {
    return html`<p class="hidden" role="status">${t`Loading`}</p>
      <div class="groups" aria-hidden="true">${Array.from({ length: 3 }, () => html`<article><h2><span class="waiting">${t`Name of a group`}</span></h2><div class="measures"><p class="waiting">${t`Figures`}</p></div></article>`)}</div>`;
  }

  static styles = [
    shared,
    pictures,
    css`
      header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: end; gap: var(--s4) var(--s6); padding-bottom: var(--s4); }
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; }
      form { display: flex; flex-wrap: wrap; align-items: end; gap: var(--s3) var(--s4); flex: 0 1 34rem; }
      form label { flex: 1 1 9rem; font-size: var(--size-small); font-weight: 600; }
      form label span { display: block; margin-bottom: var(--s1); }
      form select { width: 100%; height: 2.75rem; font-size: 1rem; font-weight: 400; }
      .notice { margin-bottom: var(--s4); display: grid; gap: var(--s2); }
      .files { display: flex; flex-wrap: wrap; gap: var(--s3); flex: 1 1 100%; }
      form .button { height: 2.75rem; padding-block: 0; }
      .lead { max-width: 52rem; padding-bottom: var(--s4); }
      .empty { padding-block: var(--s6); font: 400 var(--size-lead) / 1.5 var(--serif); border-top: 1px solid var(--ink); }
      .busy { opacity: 0.55; transition: opacity 0.15s 0.2s; }
      article { border-top: 1px solid var(--ink); padding-block: var(--s3) var(--s5); break-inside: avoid; }
      h2 { font: 500 var(--size-lead) / 1.3 var(--serif); overflow-wrap: anywhere; }
      h3 { font-size: var(--size-small); font-weight: 600; padding-bottom: var(--s1); }
      .measures { display: grid; gap: var(--s4) var(--s5); padding-block: var(--s3); grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); }
      .measures section { min-width: 0; }
      .measures p { padding-top: var(--s1); font-variant-numeric: tabular-nums lining-nums; }
      .none { stroke: var(--edge); stroke-width: 1.5; }
      .absent { font-style: italic; }
      summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: var(--size-small); font-variant-numeric: tabular-nums lining-nums; margin-top: var(--s2); }
      th, td { text-align: start; padding-block: var(--s2); padding-inline: 0 var(--s4); border-top: 1px solid var(--rule); font-weight: 400; vertical-align: baseline; }
      thead th { font-weight: 600; border-top: 0; white-space: nowrap; }
      tbody th { white-space: nowrap; }
      .more { padding-top: var(--s4); }
      .notes { border-top: 1px solid var(--ink); padding-block: var(--s4); max-width: 52rem; }
      .notes ul { padding-inline-start: 1.2em; margin-top: var(--s2); display: grid; gap: var(--s2); }
      @media print { form, .more, summary { display: none; } }
    `,
  ];
}

customElements.define("appraise-contributions", AppraiseContributions);
