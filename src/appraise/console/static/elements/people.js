// <appraise-people>: everybody whom the reader may see, with the section of one cycle in small pictures.

import { css, html, nothing } from "lit";
import { Client, RequestFailed } from "./client.js";
import { failed } from "./failed.js";
import { Spoken, language, number, plural, t } from "./language.js";
import { ListPeople, ReadFrame, ReadRatingHabit } from "./operations.js";
import { strip } from "./picture.js";
import { pictures, shared } from "./styles.js";
import { ABSENCES, STATES, date, figure, share, until } from "./words.js";

const PAGE = 50;
const PAUSE = 250; // milliseconds without a keystroke
const NARROWEST = { POINTS: 5, PERCENT: 5, RATIO: 0.1 }; // so that a column of near-equal figures does not look dramatic

export class AppraisePeople extends Spoken {
  static properties = {
    endpoint: {},
    token: { attribute: false },
    _frame: { state: true },
    _people: { state: true },
    _failure: { state: true },
    _isBusy: { state: true },
    _habit: { state: true },
  };

  constructor() {
    super();
    this.endpoint = "/graphql";
    /** @type {string | null} */
    this.token = null;
    /** @type {any} */
    this._frame = null;
    /** @type {{nodes: any[], total: number, cursor: string | null, hasMore: boolean} | null} */
    this._people = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
    this._isBusy = false;
    /** The reader's own, for themselves alone. @type {any} */
    this._habit = null;
    this._query = 0;
    /** The language in which all was read. */
    this._readIn = "";
    this._timer = 0;
    const asked = new URLSearchParams(location.search);
    this.filters = { search: asked.get("search") ?? "", department: asked.get("department") ?? "", cycle: asked.get("cycle") ?? "" };
  }

  /** The service works while the page draws its head. */
  connectedCallback() {
    super.connectedCallback();
    if (this.client) return;
    this.client = new Client(this.endpoint, this.token);
    this.#begin();
  }

  languageChanged() {
    super.languageChanged();
    if (this.client && this._readIn !== language()) this.#begin();
  }

  async #begin() {
    this._readIn = language();
    await this.#guarded(async () => {
      this._frame = await /** @type {Client} */ (this.client).send(ReadFrame);
      const cycles = this._frame.cycles.map((/** @type {any} */ cycle) => cycle.id);
      const begun = this._frame.cycles.find((/** @type {any} */ one) => !["PLANNED", "CANCELLED"].includes(one.state));
      if (!cycles.includes(this.filters.cycle)) this.filters.cycle = begun?.id ?? cycles[0] ?? "";
      if (this.filters.cycle) await this.#list();
      if (this._frame.viewer.areas.includes("TEAM")) this._habit = (await /** @type {Client} */ (this.client).send(ReadRatingHabit)).viewer.ratingHabit;
    });
  }

  /** @param {string | null} after */
  async #list(after = null) {
    const query = ++this._query;
    this._isBusy = true;
    const variables = {
      first: PAGE,
      after,
      search: this.filters.search.trim() || null,
      department: this.filters.department || null,
      cycle: this.filters.cycle,
    };
    const { employees } = await /** @type {Client} */ (this.client).send(ListPeople, variables);
    if (query !== this._query) return; // a later question was asked meanwhile
    this._people = {
      nodes: after === null ? employees.nodes : [...(this._people?.nodes ?? []), ...employees.nodes],
      total: employees.totalCount,
      cursor: employees.pageInfo.endCursor,
      hasMore: employees.pageInfo.hasNextPage,
    };
    this._isBusy = false;
  }

  /** @param {() => Promise<void>} deed */
  async #guarded(deed) {
    try {
      await deed();
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
      this._isBusy = false;
    }
  }

  /** @param {Partial<{search: string, department: string, cycle: string}>} change */
  #filter(change) {
    Object.assign(this.filters, change);
    const kept = Object.entries(this.filters).filter(([, value]) => value !== "");
    history.replaceState(null, "", kept.length > 0 ? `?${new URLSearchParams(kept)}` : location.pathname);
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this.#guarded(() => this.#list()), "search" in change ? PAUSE : 0);
    this.requestUpdate();
  }

  render() {
    return html`<header>
        <h1>${t`People`}</h1>
        ${this.#controls()}
      </header>
      ${this._failure === null ? nothing : failed(this._failure, this.token, () => this.#begin())} ${this.#results()}`;
  }

  #controls() {
    const { cycles = [], departments } = this._frame ?? {};
    return html`<form role="search" aria-label=${t`People`} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="search">
        <span>${t`Search`}</span>
        <input type="search" placeholder=${t`Name or job`} .value=${this.filters.search} autocomplete="off"
          @input=${(/** @type {any} */ event) => this.#filter({ search: event.target.value })} />
      </label>
      <label>
        <span>${t`Department`}</span>
        <select @change=${(/** @type {any} */ event) => this.#filter({ department: event.target.value })}>
          <option value="">${t`All`}</option>
          ${(departments?.nodes ?? []).map((/** @type {any} */ one) => html`<option value=${one.code} ?selected=${one.code === this.filters.department}>${one.name}</option>`)}
        </select>
      </label>
      <label>
        <span>${t`Cycle`}</span>
        <select @change=${(/** @type {any} */ event) => this.#filter({ cycle: event.target.value })}>
          ${cycles.map((/** @type {any} */ one) => html`<option value=${one.id} ?selected=${one.id === this.filters.cycle}>${one.name}</option>`)}
        </select>
      </label>
    </form>`;
  }

  #results() {
    if (this._frame !== null && this._frame.cycles.length === 0) {
      return html`<p class="empty">${t`There is no cycle yet. An HR administrator opens one with ${html`<code>appraise score</code>`}.`}</p>`;
    }
    if (this._people === null) return this._failure === null ? this.#waiting() : nothing;
    const { nodes, total, hasMore, cursor } = this._people;
    const measures = this._frame.indicatorDefinitions.filter((/** @type {any} */ measure) => measure.role === "RATED");
    const reaches = Object.fromEntries(measures.map((/** @type {any} */ measure) => [measure.key, reach(nodes, measure)]));
    const roles = this._frame.viewer.roles;
    const waits = roles.includes("EXECUTIVE") && !roles.includes("HR_ADMINISTRATOR");
    return html`<p class="count small soft" role="status">${this.#count(total)}${waits ? html`. ${t`Sections outside your own reporting line appear once they are handed in.`}` : nothing}</p>
      ${total === 0 ? this.#nobody() : this.#table(nodes, measures, reaches)}
      ${hasMore
        ? html`<p class="more">
            <button class="button" ?disabled=${this._isBusy} @click=${() => this.#guarded(() => this.#list(cursor))}>
              ${this._isBusy ? t`Loading …` : t`Show more (${total - nodes.length})`}
            </button>
          </p>`
        : nothing}`;
  }

  /** @param {number} total */
  #count(total) {
    return plural(total, "1 person", "{n} people");
  }

  #nobody() {
    const isFiltered = this.filters.search.trim() !== "" || this.filters.department !== "";
    return isFiltered
      ? html`<p class="empty">${t`Nobody matches.`} <button class="link" @click=${() => this.#filter({ search: "", department: "" })}>${t`Show everybody`}</button></p>`
      : html`<p class="empty">${t`There is nobody whom you may see.`}</p>`;
  }

  /** @param {any[]} nodes @param {any[]} measures @param {Record<string, number>} reaches */
  #table(nodes, measures, reaches) {
    return html`<div class="row heads" aria-hidden="true">
        <span>${t`Person`}</span>
        <span>${t`State`}</span>
        ${measures.map((measure) => html`<span>${measure.name}</span>`)}
      </div>
      <ul class=${this._isBusy ? "busy" : ""}>
        ${nodes.map((person) => html`<li class="row">${this.#person(person)} ${this.#state(person.section)} ${measures.map((measure) => this.#cell(person.section, measure, reaches[measure.key]))}</li>`)}
      </ul>
      <p class="small soft reading">
        ${t`Dot: estimate. Bar: 90 % and 95 % interval. Dashed: expected of anyone with the same customers. The better side is to the right.`}
      </p>
      ${this._habit === null ? nothing : this.#ownHabit(this._habit)}`;
  }

  /** @param {{sections: number, mean: string, lower: string, upper: string}} habit */
  #ownHabit(habit) {
    const [mean, lower, upper] = [habit.mean, habit.lower, habit.upper].map(Number);
    const steps = figure(Math.abs(mean), null);
    const tells = lower > 0 ? t`Over ${habit.sections} sections that you handed in, you rated above the levels of the data, by ${steps} on average`
      : upper < 0 ? t`Over ${habit.sections} sections that you handed in, you rated below the levels of the data, by ${steps} on average`
      : t`Over ${habit.sections} sections that you handed in, you rated neither above nor below the levels of the data, as far as can be told`;
    return html`<p class="notice small habit"><b>${t`For you alone.`}</b> ${tells} ${t`(95 % sure: ${figure(lower, null)} to ${figure(upper, null)} steps).`}
      ${t`A level is no rating, and you may have good reasons; nobody else is shown this.`}</p>`;
  }

  /** @param {any} person */
  #person(person) {
    const place = [person.job, person.department?.name].filter(Boolean).join(", ");
    return html`<div class="person">
      ${person.section === null ? html`<b>${person.name}</b>` : html`<a href="/sections/${person.section.id}">${person.name}</a>`}
      <span class="small soft">${place}</span>
      ${person.managerName === null ? nothing : html`<span class="small soft">${t`reports to ${person.managerName}`}</span>`}
    </div>`;
  }

  /** @param {any} section */
  #state(section) {
    if (section === null) return html`<div class="state soft">${t`No section to see`}</div>`;
    const isOpen = section.itemsToRate !== null && (section.state === "COLLECTING" || section.state === "DRAFT");
    const open = plural(section.itemsToRate, "1 rating missing", "{n} ratings missing");
    return html`<div class="state">
      <span class="chip ${section.state.toLowerCase()}">${STATES[section.state]}</span>
      ${section.total === null ? nothing : html`<span class="small soft">${t`${number(Number(section.total), { minimumFractionDigits: 2 })} of 5`}</span>`}
      ${isOpen && section.itemsToRate > 0 ? html`<span class="small soft">${open}</span>` : nothing}
      ${isOpen && section.itemsToRate === 0 ? html`<span class="small soft">${Number(section.observedWeight) === 0 ? t`nothing to rate, can be handed in` : t`ready to hand in`}</span>` : nothing}
      ${this.#due(section, isOpen)}
      ${Number(section.observedWeight) < 1 && (isOpen || section.total === null) ? html`<span class="small soft">${t`figures for ${share(section.observedWeight)} of the weight`}</span>` : nothing}
    </div>`;
  }

  /** @param {any} section @param {boolean} isOpen */
  #due(section, isOpen) {
    const rateBy = this._frame.cycles.find((/** @type {any} */ one) => one.id === this.filters.cycle)?.rules.rateBy ?? null;
    if (!isOpen || rateBy === null) return nothing;
    const { words, isLate } = until(rateBy, new Date());
    return html`<span class="small ${isLate ? "late" : "soft"}">${t`due ${date(`${rateBy}T00:00:00Z`)}, ${words}`}</span>`;
  }

  /** @param {any} section @param {any} measure @param {number} reach */
  #cell(section, measure, reach) {
    const item = section?.items.find((/** @type {any} */ one) => one.indicator.key === measure.key);
    const name = html`<span class="name small soft">${measure.name}</span>`;
    if (item === undefined) return html`<div class="cell"></div>`;
    if (item.result.__typename === "Absence") {
      return html`<div class="cell" title=${item.result.sentence}>${name}<span class="absent small">${ABSENCES[item.result.kind]}</span></div>`;
    }
    return html`<div class="cell">${name}
      <div class="measure"><span class="value small" aria-hidden="true">${figure(item.result.value, measure.unit)}</span>${strip(item.result, measure, reach)}</div>
    </div>`;
  }

  #waiting() {
    return html`<p class="hidden" role="status">${t`Loading`}</p>
      <p class="count small"><span class="waiting">${t`000 people`}</span></p>
      <ul aria-hidden="true">
        ${Array.from({ length: 8 }, () => html`<li class="row"><div class="person"><b class="waiting">${t`First and last name`}</b><span class="small waiting">${t`Job, department`}</span></div></li>`)}
      </ul>`;
  }

  static styles = [
    shared,
    pictures,
    css`
      header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: end; gap: var(--s4) var(--s6); padding-bottom: var(--s5); }
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; }
      form { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s4); flex: 0 1 44rem; }
      form label { flex: 1 1 9rem; font-size: var(--size-small); font-weight: 600; min-width: 0; }
      form label.search { flex-grow: 2; flex-basis: 12rem; }
      form label span { display: block; margin-bottom: var(--s1); }
      form input, form select { width: 100%; height: 2.75rem; font-size: 1rem; font-weight: 400; }
      .notice { margin-bottom: var(--s4); }
      .count { min-height: 1.5em; padding-bottom: var(--s2); }
      .empty { padding-block: var(--s6); font: 400 var(--size-lead) / 1.5 var(--serif); border-top: 1px solid var(--ink); }
      .empty .link { font: inherit; }
      ul { list-style: none; border-top: 1px solid var(--ink); }
      .busy { opacity: 0.55; transition: opacity 0.15s 0.2s; }
      .row { display: grid; gap: var(--s2) var(--s4); padding-block: var(--s3); grid-template-columns: 1fr 1fr; align-items: center; }
      li { border-bottom: 1px solid var(--rule); }
      .heads { display: none; font-size: var(--size-small); font-weight: 600; padding-block: 0 var(--s2); }
      .person, .state { display: grid; justify-items: start; min-width: 0; }
      .person a, .person b { font: 500 1.1875rem / 1.35 var(--serif); overflow-wrap: anywhere; }
      .person .small { line-height: 1.35; }
      [aria-hidden] .person { gap: var(--s1); padding-block: var(--s2); }
      .state { justify-items: end; text-align: end; font-size: var(--size-small); align-self: start; }
      .chip { font-weight: 600; border-bottom: 3px solid var(--rule); }
      .chip.draft { border-color: var(--edge); }
      .chip.submitted, .chip.finalised { border-color: var(--accent); }
      .cell { min-width: 0; align-self: start; }
      .name { display: block; line-height: 1.4; }
      .measure { display: grid; grid-template-columns: 2.4rem 1fr; align-items: center; gap: var(--s2); }
      .value { font-variant-numeric: tabular-nums lining-nums; }
      .absent { color: var(--ink-soft); font-style: italic; }
      .late { color: var(--worse); font-weight: 600; }
      .habit { margin-top: var(--s5); max-width: var(--measure); }
      .more { padding-top: var(--s5); }
      .reading { padding-top: var(--s3); }
      @media (min-width: 56rem) {
        .row { grid-template-columns: minmax(13rem, 2.2fr) minmax(8rem, 1.1fr) repeat(4, minmax(6rem, 1fr)); }
        .heads { display: grid; }
        .state { justify-items: start; text-align: start; align-self: center; }
        .cell { align-self: center; }
        .cell .name { display: none; }
      }
      @media print { form, .more { display: none; } li { break-inside: avoid; } }
    `,
  ];
}

/** How far a column's pictures reach to each side of expected: wide enough for nearly all of its intervals. */
function reach(/** @type {any[]} */ nodes, /** @type {{key: string, unit: keyof typeof NARROWEST}} */ measure) {
  const ends = nodes.flatMap((person) => {
    const result = person.section?.items.find((/** @type {any} */ one) => one.indicator.key === measure.key)?.result;
    if (result?.__typename !== "EstimateResult") return [];
    return [Math.abs(result.lower - result.expected), Math.abs(result.upper - result.expected)];
  });
  ends.sort((left, right) => left - right);
  return Math.max(ends[Math.floor(ends.length * 0.97)] ?? 0, NARROWEST[measure.unit]);
}

customElements.define("appraise-people", AppraisePeople);
