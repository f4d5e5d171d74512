// <appraise-revisions>: a section as it stood before it was opened again or revised; looked up when it is opened.

import { css, html, nothing } from "lit";
import { RequestFailed } from "./client.js";
import { failed } from "./failed.js";
import { Spoken, number, t } from "./language.js";
import { ReadRevisions } from "./operations.js";
import { shared } from "./styles.js";
import { STANCES, STATES, date, figure } from "./words.js";

/**
 * @typedef {{revision: number, state: string, isSuperseded: boolean, endedAt: string | null, total: string | null,
 *   acknowledgement: {stance: string} | null, items: any[]}} Revision
 */

export class AppraiseRevisions extends Spoken {
  static properties = {
    client: { attribute: false },
    section: { attribute: false },
    _earlier: { state: true },
    _failure: { state: true },
  };

  constructor() {
    super();
    /** @type {import("./client.js").Client | undefined} */
    this.client = undefined;
    this.section = "";
    /** @type {Revision[] | null} */
    this._earlier = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
  }

  languageChanged() {
    super.languageChanged();
    if (this._earlier !== null) this.#read();
  }

  async #read() {
    try {
      const { section } = await /** @type {import("./client.js").Client} */ (this.client).send(ReadRevisions, { id: this.section });
      this._earlier = section.revisions.filter((/** @type {Revision} */ one) => one.endedAt !== null).reverse();
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    }
  }

  render() {
    return html`<details @toggle=${(/** @type {any} */ event) => { if (event.target.open && this._earlier === null) this.#read(); }}>
      <summary>${t`Earlier revisions`}</summary>
      ${this._failure === null ? nothing : failed(this._failure, this.client?.token ?? null, () => this.#read())}
      ${this._earlier === null ? nothing : this._earlier.map((one) => this.#revision(one))}
    </details>`;
  }

  /** @param {Revision} one */
  #revision(one) {
    const stands = one.state !== "FINALISED" ? nothing : one.isSuperseded ? t`A later one is final and counts.` : t`It stands in HR systems until a later one is final.`;
    return html`<article aria-labelledby="revision-${one.revision}">
      <h2 id="revision-${one.revision}">${t`Revision ${one.revision}, as it stood on ${date(/** @type {string} */ (one.endedAt))}`}</h2>
      <p>${STATES[one.state]}. ${one.total === null ? nothing : t`Total: ${number(Number(one.total), { minimumFractionDigits: 2 })} of 5.`}
        ${one.acknowledgement === null ? nothing : html`${STANCES[one.acknowledgement.stance]}.`} ${stands}</p>
      <dl>${one.items.map((item) => this.#item(item))}</dl>
    </article>`;
  }

  /** @param {any} item */
  #item({ indicator, result, rating, comment, reason }) {
    return html`<div>
      <dt>${indicator.name}</dt>
      <dd>${result.__typename === "EstimateResult" ? t`${figure(result.value, indicator.unit)} (95 %: ${figure(result.lower, indicator.unit)} to ${figure(result.upper, indicator.unit)})` : t`No figure`}${rating === null ? nothing : html`; ${t`rated ${rating} of 5`}`}
        ${comment === null ? nothing : html`<blockquote>${comment}</blockquote>`}
        ${reason === null ? nothing : html`<p class="small">${t`Why it differs from the data: ${reason}`}</p>`}</dd>
    </div>`;
  }

  static styles = [
    shared,
    css`
      summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
      article { border-top: 1px solid var(--rule); padding-block: var(--s3) var(--s4); max-width: var(--measure); }
      h2 { font: 500 var(--size-title) / 1.3 var(--serif); }
      dl { display: grid; gap: var(--s2); margin-top: var(--s3); }
      dt { font-weight: 600; font-size: var(--size-small); }
      blockquote { margin: var(--s1) 0 0; font: italic 400 var(--size-text) / 1.5 var(--serif); overflow-wrap: anywhere; white-space: pre-line; }
    `,
  ];
}

customElements.define("appraise-revisions", AppraiseRevisions);
