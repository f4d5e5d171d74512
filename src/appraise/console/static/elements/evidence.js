// <appraise-evidence>: the events behind the figures of a section, the newest first: what each counted for, or why not.
// Tells by the event `objection`, as <appraise-objections> does, that the reader says one is not theirs or wrong.

import { css, html, nothing } from "lit";
import { RequestFailed } from "./client.js";
import { saveTable } from "./download.js";
import { failed } from "./failed.js";
import { Spoken, plural, t, words } from "./language.js";
import { ReadEvidence } from "./operations.js";
import { shared } from "./styles.js";
import { date, share } from "./words.js";

const PAGE = 100;
const LARGEST = 1000;
/** @type {Record<string, string>} */
const KINDS = words({ CONTACTS: "contact", RATINGS: "answer", PURCHASES: "sale", SUBSCRIPTIONS: "subscription", OWNERSHIPS: "account" });

/**
 * @typedef {{indicator: string, credit: string, leftOut: string | null}} Use
 * @typedef {{kind: string, source: string, eventId: string, at: string, says: string, isNamed: boolean, uses: Use[]}} Row
 */

export class AppraiseEvidence extends Spoken {
  static properties = {
    client: { attribute: false },
    section: {},
    items: { attribute: false },
    item: { attribute: false },
    mayClaim: { attribute: false },
    _rows: { state: true },
    _total: { state: true },
    _isBusy: { state: true },
    _failure: { state: true },
  };

  constructor() {
    super();
    /** @type {import("./client.js").Client | undefined} */
    this.client = undefined;
    this.section = "";
    /** Of the whole section, for their names. @type {any[]} */
    this.items = [];
    /** The only item whose evidence is shown; null for all. @type {any} */
    this.item = null;
    this.mayClaim = false;
    /** @type {Row[] | null} */
    this._rows = null;
    this._total = 0;
    this._isBusy = false;
    /** @type {RequestFailed | null} */
    this._failure = null;
    this._cursor = /** @type {string | null} */ (null);
    this._query = 0;
    this.filters = { indicator: "", counted: "" };
  }

  firstUpdated() {
    this.#read(false);
  }

  /** @param {number} first @param {string | null} after */
  async #page(first, after) {
    const variables = {
      id: this.section,
      first,
      after,
      indicator: this.item?.indicator.key ?? (this.filters.indicator || null),
      counted: this.filters.counted === "" ? null : this.filters.counted === "yes",
    };
    const { section } = await /** @type {import("./client.js").Client} */ (this.client).send(ReadEvidence, variables);
    if (section?.evidence == null) throw new RequestFailed("GONE", t`The events behind these figures are not kept any more, or not for you to read. The figures stand.`);
    return section.evidence;
  }

  /** @param {boolean} isMore */
  async #read(isMore) {
    const query = ++this._query;
    this._isBusy = true;
    try {
      const { nodes, totalCount, pageInfo } = await this.#page(PAGE, isMore ? this._cursor : null);
      if (query !== this._query) return;
      const before = isMore ? (this._rows ?? []) : [];
      this._rows = [...before, ...nodes];
      this._total = totalCount;
      this._cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      this._failure = null;
      if (isMore) {
        await this.updateComplete;
        /** @type {HTMLElement | null} */ (this.renderRoot.querySelectorAll("tbody tr")[before.length])?.focus();
      }
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    } finally {
      this._isBusy = false;
    }
  }

  /** @param {{indicator?: string, counted?: string}} change */
  #filter(change) {
    Object.assign(this.filters, change);
    this.#read(false);
  }

  async #save() {
    this._isBusy = true;
    try {
      /** @type {Row[]} */
      const rows = [];
      for (let after = null; ; ) {
        const { nodes, pageInfo } = await this.#page(LARGEST, after);
        rows.push(...nodes);
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      const lines = rows.flatMap((row) =>
        (row.uses.length > 0 ? row.uses : [{ indicator: "", credit: "", leftOut: "" }]).map((use) => [
          row.at, row.kind, row.source, row.eventId, row.says, row.isNamed, use.indicator, use.credit, use.leftOut,
        ]),
      );
      saveTable("evidence.csv", [["at", "kind", "source", "event_id", "what", "names_the_employee", "indicator", "share", "left_out"], ...lines]);
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    } finally {
      this._isBusy = false;
    }
  }

  render() {
    return html`${this.#controls()}
      ${this._failure === null ? nothing : failed(this._failure, this.client?.token ?? null, () => this.#read(false))}
      ${this._rows === null ? this.#waiting() : this.#table(this._rows)}`;
  }

  #waiting() {
    return this._failure === null ? html`<p class="soft" role="status">${t`Looking the events up …`}</p>` : nothing;
  }

  #controls() {
    return html`<form aria-label=${this.item === null ? t`Evidence` : t`Evidence: ${this.item.indicator.name}`} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${this.item === null
        ? html`<label><span>${t`Used for`}</span>
            <select @change=${(/** @type {any} */ event) => this.#filter({ indicator: event.target.value })}>
              <option value="">${t`Anything`}</option>
              ${this.items.map((item) => html`<option value=${item.indicator.key}>${item.indicator.name}</option>`)}
            </select></label>`
        : nothing}
      <label><span>${t`Show`}</span>
        <select @change=${(/** @type {any} */ event) => this.#filter({ counted: event.target.value })}>
          <option value="">${t`Everything`}</option>
          <option value="yes">${t`What counted`}</option>
          <option value="no">${t`What was left out`}</option>
        </select></label>
    </form>`;
  }

  /** @param {Row[]} rows */
  #table(rows) {
        const left = this._total - rows.length;
    return html`<p class="small soft" role="status">${this._total === 0 ? t`Nothing.` : plural(this._total, "1 event.", "{n} events, the newest first.")}</p>
      ${rows.length === 0
        ? nothing
        : html`<div class="scroll" role="region" aria-label=${this.item === null ? t`Events` : t`Events: ${this.item.indicator.name}`} tabindex="0">
            <table class=${this._isBusy ? "busy" : ""}>
              <thead><tr>
                <th scope="col">${t`Day`}</th><th scope="col">${t`What`}</th><th scope="col">${t`Record`}</th><th scope="col">${t`Counted for`}</th>
                ${this.mayClaim ? html`<th scope="col"><span class="hidden">${t`Object`}</span></th>` : nothing}
              </tr></thead>
              <tbody>${rows.map((row) => this.#row(row))}</tbody>
            </table>
          </div>
          <p class="more">
            ${this._cursor === null ? nothing : html`<button class="button" ?disabled=${this._isBusy} @click=${() => this.#read(true)}>${this._isBusy ? t`Loading …` : t`Show more (${left})`}</button>`}
            <button class="button" ?disabled=${this._isBusy} @click=${() => this.#save()}>${t`Save all as CSV`}</button>
          </p>`}`;
  }

  /** @param {Row} row */
  #row(row) {
    return html`<tr tabindex="-1">
      <td class="day">${date(row.at)}</td>
      <td>${row.says}${row.isNamed ? nothing : html` <span class="small soft">${t`a colleague’s, with a share credited here`}</span>`}</td>
      <td class="small"><span class="soft">${row.source} ${KINDS[row.kind]}</span> <code>${row.eventId}</code></td>
      <td class="small">${this.#uses(row)}</td>
      ${this.mayClaim ? html`<td><button class="link small" @click=${() => this.#claim(row)} aria-label=${t`Not mine, or wrong: ${row.eventId}`}>${t`Not mine, or wrong`}</button></td>` : nothing}
    </tr>`;
  }

  /** @param {Row} row */
  #uses(row) {
    const uses = this.item === null ? row.uses : row.uses.filter((use) => use.indicator === this.item.indicator.key);
    if (uses.length === 0) return html`<span class="soft">${t`nothing`}</span>`;
    return uses.map((use) => {
      const name = this.items.find((item) => item.indicator.key === use.indicator)?.indicator.name ?? use.indicator;
      const part = Number(use.credit) < 1 ? ` ${t`(a share of ${share(use.credit)})`}` : "";
      return use.leftOut === null
        ? html`<div>${this.item === null ? name : t`counted`}${part}</div>`
        : html`<div class="soft">${this.item === null ? t`not for ${name}` : t`left out`}: ${use.leftOut}</div>`;
    });
  }

  /** @param {Row} row */
  #claim(row) {
    const item = this.item ?? this.items.find((one) => row.uses.some((use) => use.indicator === one.indicator.key)) ?? this.items[0];
    this.dispatchEvent(
      new CustomEvent("objection", { bubbles: true, composed: true, detail: { what: "CLAIM", item, dispute: null, event: row.eventId } }),
    );
  }

  static styles = [
    shared,
    css`
      :host { padding-block: var(--s2) var(--s4); }
      form { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s4); padding-bottom: var(--s3); }
      form label { flex: 0 1 14rem; font-size: var(--size-small); font-weight: 600; min-width: 0; }
      form span { display: block; margin-bottom: var(--s1); }
      select { width: 100%; font-weight: 400; }
      .scroll { overflow-x: auto; max-height: 32rem; overflow-y: auto; border-block: 1px solid var(--rule); margin-top: var(--s2); }
      table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums lining-nums; }
      thead th { position: sticky; top: 0; background: var(--paper); font-size: var(--size-small); font-weight: 600; text-align: start; }
      th, td { padding-block: var(--s2); padding-inline: 0 var(--s4); vertical-align: top; text-align: start; }
      tbody tr { border-top: 1px solid var(--rule); }
      .day { white-space: nowrap; }
      code { overflow-wrap: anywhere; }
      .busy { opacity: 0.55; }
      .more { display: flex; flex-wrap: wrap; gap: var(--s3); padding-top: var(--s3); }
      @media (max-width: 40rem) {
        thead { display: none; }
        table, tbody, tr, td { display: block; }
        tbody tr { padding-block: var(--s2); }
        td { padding: 0; }
      }
      @media print { .scroll { max-height: none; overflow: visible; } form, .more { display: none; } }
    `,
  ];
}

customElements.define("appraise-evidence", AppraiseEvidence);
