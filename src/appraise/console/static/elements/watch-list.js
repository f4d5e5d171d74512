// <appraise-watch-list>: thresholds that executives and HR keep, and which groups lie beyond them as far as the data tell.

import { css, html, nothing, svg } from "lit";
import { plural, t, words } from "./language.js";
import { DropWatch, KeepWatch, MarkWatchSeen, ReadWatchList } from "./operations.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { pictures, shared } from "./styles.js";
import { figure, unitWords } from "./words.js";

const MARGIN = 6; // per cent of the width kept free on each side
const LONGEST_LIST = 250; // that the service takes in one request
const ROOM = 0.1; // of what the intervals of a list span, beside them
/** @type {Record<string, string>} */
const WHOM = words({ DEPARTMENT: "departments", UNIT: "teams", EMPLOYEE: "people" });

/**
 * @typedef {{group: {key: string | null, name: string}, value: string, lower: string, upper: string, isNew: boolean}} Finding
 * @typedef {{key: string, name: string, unit: string}} Indicator
 * @typedef {{id: string, version: number, indicator: Indicator, groupBy: string, measure: string, side: string, threshold: string, findings: Finding[], unsure: number, compared: number, whyNot: string | null}} Watch
 * @typedef {{cycle: {name: string} | null, before: {name: string} | null, allowsIndividuals: boolean, watches: Watch[]}} WatchList
 */

export class AppraiseWatchList extends Page {
  static properties = { _list: { state: true }, _edited: { state: true }, _asked: { state: true } };

  constructor() {
    super();
    /** @type {WatchList | null} */
    this._list = null;
    /** @type {Indicator[]} */
    this._indicators = [];
    /** @type {Watch | "new" | null} */
    this._edited = null;
    /** @type {{indicator: string, measure: string} | null} what the open form has chosen */
    this._asked = null;
  }

  async read() {
    const { viewer, indicatorDefinitions } = await this.send(ReadWatchList);
    this._list = viewer.watchList;
    this._indicators = indicatorDefinitions.filter((/** @type {Indicator} */ one) => one.unit !== null);
    if (this._list !== null && location.hash === "#watch-list") {
      await this.updateComplete; // an address cannot point into a component
      const heading = /** @type {HTMLElement} */ (this.renderRoot.querySelector("h2"));
      heading.scrollIntoView();
      heading.focus();
    }
  }

  /** @param {string} document @param {Record<string, unknown>} input */
  #change(document, input) {
    return this.guarded(async () => {
      const payload = await this.change(document, input);
      if (payload === null) return;
      this._list = payload.watchList;
      const wasOpen = this._edited !== null;
      this.#edit(null);
      await this.updateComplete;
      if (wasOpen || document !== KeepWatch) /** @type {HTMLElement} */ (this.renderRoot.querySelector("h2")).focus();
    });
  }

  /** @param {Watch | "new" | null} which */
  #edit(which) {
    this._edited = which;
    this._refusal = null;
    const [first] = this._indicators;
    this._asked = which === null ? null : which === "new" ? { indicator: first.key, measure: "LEVEL" } : { indicator: which.indicator.key, measure: which.measure };
    if (which !== null) this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("form select"))?.focus());
  }

  /** @param {Event} event @param {Watch | null} before */
  #keep(event, before) {
    const { indicator, groupBy, measure, side, threshold } = fields(event);
    const instead = before === null ? {} : { watchId: before.id, expectedVersion: before.version };
    this.#change(KeepWatch, { indicator, groupBy, measure, side, threshold, ...instead });
  }

  /** @param {Watch} watch */
  async #seen(watch) {
    const keys = watch.findings.map((one) => one.group.key);
    for (let from = 0; from < keys.length; from += LONGEST_LIST) {
      await this.#change(MarkWatchSeen, { watchId: watch.id, expectedVersion: watch.version, groups: keys.slice(from, from + LONGEST_LIST) });
    }
  }

  render() {
    if (this._list === null) return this.failure;
    const { watches, cycle } = this._list;
    return html`<section aria-labelledby="watches">
      <h2 id="watches" tabindex="-1">${t`Watch-list`}</h2>
      <p class="soft small">${t`Only what lies beyond a threshold with its whole 95 % interval is listed, by name: nobody of whom the data cannot tell. You are written to when something is new.`}</p>
      ${this.failure}
      ${watches.length === 0 ? html`<p class="none soft">${t`You keep no threshold.`}</p>` : watches.map((watch) => this.#watch(watch, cycle?.name ?? ""))}
      ${this._edited === "new"
        ? this.#form(null)
        : html`<div class="actions"><button class="button" type="button" @click=${() => this.#edit("new")}>${t`Keep a threshold …`}</button></div>`}
    </section>`;
  }

  /** @param {Watch} watch */
  #title(watch) {
    const name = watch.indicator.name;
    const whom = WHOM[watch.groupBy];
    const limit = html`<span class="number">${this.#said(watch.threshold, watch)}</span>`;
    const since = this._list?.before?.name ?? "";
    if (watch.measure === "CHANGE") {
      return watch.side === "BELOW"
        ? t`${name}: ${whom} whose change since ${since} lies below ${limit}`
        : t`${name}: ${whom} whose change since ${since} lies above ${limit}`;
    }
    return watch.side === "BELOW" ? t`${name}: ${whom} below ${limit}` : t`${name}: ${whom} above ${limit}`;
  }

  /** A change with its sign. @param {string} value @param {Watch} watch */
  #said(value, watch) {
    const said = figure(value, watch.indicator.unit);
    return watch.measure === "CHANGE" && Number(value) > 0 ? `+${said}` : said;
  }

  /** @param {Watch} watch @param {string} cycle */
  #watch(watch, cycle) {
    const isNew = watch.findings.some((one) => one.isNew);
    return html`<article>
      <header>
        <h3>${this.#title(watch)}</h3>
        <span class="actions">
          ${isNew ? html`<button class="link" type="button" aria-label=${t`Seen: ${watch.indicator.name}`} @click=${() => this.#seen(watch)}>${t`Seen`}</button>` : nothing}
          <button class="link" type="button" aria-label=${t`Change the threshold: ${watch.indicator.name}`} @click=${() => this.#edit(watch)}>${t`Change`}</button>
          <button class="link" type="button" aria-label=${t`Take the threshold away: ${watch.indicator.name}`} @click=${() => this.#change(DropWatch, { watchId: watch.id, expectedVersion: watch.version })}>${t`Take away`}</button>
        </span>
      </header>
      ${watch.whyNot === null ? this.#findings(watch, cycle) : html`<p class="soft absent">${watch.whyNot}</p>`}
      ${this._edited === watch ? this.#form(watch) : nothing}
    </article>`;
  }

  /** @param {Watch} watch @param {string} cycle */
  #findings(watch, cycle) {
    const { findings, unsure, compared } = watch;
    const scale = scaleOf(watch);
    return html`${findings.length === 0
        ? html`<p>${t`Nobody in ${cycle}.`}</p>`
        : html`<ul class="rows">${findings.map(
            (one) => html`<li>
              <span>${one.group.name} ${one.isNew ? html`<span class="chip now">${t`new`}</span>` : nothing}</span>
              <span class="number">${this.#said(one.value, watch)} <span class="soft small">${t`95 %: ${this.#said(one.lower, watch)} to ${this.#said(one.upper, watch)}`}</span></span>
              ${this.#picture(watch, one, scale)}
            </li>`,
          )}</ul>`}
      <p class="soft small">
        ${plural(compared, "{0}: 1 compared.", "{0}: {n} compared.", cycle)} ${findings.length === 0 ? nothing : t`Dashed: the threshold.`}
        ${unsure === 0 ? nothing : plural(unsure, "1 more lies beyond by its figure alone, which the data do not bear out.", "{n} more lie beyond by their figures alone, which the data do not bear out.")}
      </p>`;
  }

  /** @param {Watch} watch @param {Finding} one @param {(value: string) => string} x */
  #picture(watch, one, x) {
    const said = t`${one.group.name}: ${this.#said(one.value, watch)}, 95 % interval ${this.#said(one.lower, watch)} to ${this.#said(one.upper, watch)}; threshold ${this.#said(watch.threshold, watch)}`;
    return html`<svg role="img" aria-label=${said} width="100%" height="24">
      ${svg`<line class="expected" x1=${x(watch.threshold)} x2=${x(watch.threshold)} y1="2" y2="22"></line>
      <line class="thin" x1=${x(one.lower)} x2=${x(one.upper)} y1="12" y2="12"></line>
      <circle class="point" cx=${x(one.value)} cy="12" r="5"></circle>`}
    </svg>`;
  }

  /** @param {Watch | null} before */
  #form(before) {
    const { indicator, measure } = /** @type {{indicator: string, measure: string}} */ (this._asked);
    const unit = this._indicators.find((one) => one.key === indicator)?.unit ?? "POINTS";
    const groups = ["UNIT", "DEPARTMENT", ...(this._list?.allowsIndividuals ? ["EMPLOYEE"] : [])];
    const highest = unit === "RATIO" ? 10 : 100;
    /** @param {string} value @param {string} name @param {string | undefined} chosen */
    const option = (value, name, chosen) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`;
    /** @param {Partial<{indicator: string, measure: string}>} change */
    const choose = (change) => (this._asked = { indicator, measure, ...change });
    return html`<form class="card" aria-label=${t`Threshold`} @submit=${(/** @type {Event} */ event) => this.#keep(event, before)}>
      <div class="fields">
        <label><span>${t`Indicator`}</span><select name="indicator" @change=${(/** @type {any} */ event) => choose({ indicator: event.target.value })}>${this._indicators.map((one) => option(one.key, one.name, indicator))}</select></label>
        <label><span>${t`Of`}</span><select name="groupBy">${groups.map((one) => option(one, WHOM[one], before?.groupBy))}</select>
          ${this._list?.allowsIndividuals ? nothing : html`<small>${t`The policy allows no single people.`}</small>`}</label>
        <label><span>${t`What`}</span><select name="measure" @change=${(/** @type {any} */ event) => choose({ measure: event.target.value })}>${option("LEVEL", t`the figure`, measure)}${option("CHANGE", t`its change since the cycle before`, measure)}</select></label>
        <label><span>${t`Lies`}</span><select name="side">${option("BELOW", t`below`, before?.side)}${option("ABOVE", t`above`, before?.side)}</select></label>
        <label><span>${t`Threshold`}</span><input name="threshold" type="number" step="any" required min=${measure === "CHANGE" ? -highest : 0} max=${highest} .value=${before === null ? "" : String(Number(before.threshold))} /><small>${unitWords(unit)}</small></label>
      </div>
      ${this.refusal}
      <div class="actions"><button class="button main">${t`Keep it`}</button><button class="button" type="button" @click=${() => this.#edit(null)}>${t`Leave it`}</button></div>
    </form>`;
  }

  static styles = [
    shared,
    pictures,
    sheets,
    css`
      section { border-top: 1px solid var(--ink); margin-bottom: var(--s5); }
      h3 { font-size: 1rem; font-weight: 600; text-wrap: pretty; }
      .none { padding-block: var(--s3); }
      .absent { font-style: italic; }
      article { padding-block: var(--s4); }
      article header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: var(--s1) var(--s5); padding-bottom: var(--s2); }
      article > .rows + p, article > p { padding-top: var(--s2); }
      article form { margin-top: var(--s3); }
      svg { --tone: var(--ink); }
      @media (min-width: 40rem) { .rows > li { grid-template-columns: 3fr 3fr 4fr; align-items: center; } }
    `,
  ];
}

/** Positions in per cent of the width, the same for all of a list. @param {Watch} watch */
function scaleOf(watch) {
  const ends = [watch.threshold, ...watch.findings.flatMap((one) => [one.lower, one.upper])].map(Number);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = (high - low) * ROOM || 1;
  const width = high - low + 2 * room;
  return (/** @type {string} */ value) => `${MARGIN + ((Number(value) - low + room) / width) * (100 - 2 * MARGIN)}%`;
}

customElements.define("appraise-watch-list", AppraiseWatchList);
