// <appraise-parts>: what the reader is asked to say of people whose manager they were, or are in a dotted line.

import { css, html, nothing } from "lit";
import { plural, t } from "./language.js";
import { GivePart, ReadParts } from "./operations.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { date } from "./words.js";

/** @typedef {{key: string, name: string, question: string}} Rated */
/** @typedef {{sectionId: string, kind: string, employeeName: string, cycleName: string, days: number, firstDay: string, lastDay: string, due: string | null, givenAt: string | null, rated: Rated[], unrated: Rated[], marks: {rating: number | null, comment: string | null, indicator: {key: string}}[]}} Part */

/** @param {string} day */
const on = (day) => date(`${day}T00:00:00Z`);

export class AppraiseParts extends Page {
  static properties = { _parts: { state: true }, _done: { state: true }, _tried: { state: true } };

  constructor() {
    super();
    /** @type {Part[] | null} */
    this._parts = null;
    /** @type {string | null} the section whose part was given just now */
    this._done = null;
    /** @type {string | null} */
    this._tried = null;
  }

  async read() {
    this._parts = (await this.send(ReadParts)).viewer.askedParts;
  }

  /** @param {Event} event @param {Part} part */
  #give(event, part) {
    event.preventDefault();
    const written = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const marks = [...part.rated, ...part.unrated].map(({ key }) => ({
      indicator: key,
      rating: written.get(`rating ${key}`) ? Number(written.get(`rating ${key}`)) : null,
      comment: String(written.get(`comment ${key}`)).trim() || null,
    }));
    this._done = null;
    this._tried = part.sectionId;
    return this.guarded(async () => {
      if ((await this.change(GivePart, { sectionId: part.sectionId, marks })) === null) return;
      this._done = part.sectionId;
      await this.read();
    });
  }

  render() {
    return html`<div class="title">
        <h1>${t`Your part`}</h1>
        <p class="lead">${t`People whose manager you were earlier in the cycle, or who report to you in a dotted line. Say how they worked in your time. Their manager reads it and signs
        the whole; the employee reads it when the section is shared. Figures are not shown here, as they tell of the whole cycle.`}</p>
      </div>
      ${this.failure} ${this.#list()}`;
  }

  #list() {
    if (this._parts === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    if (this._parts.length === 0) return html`<p class="empty" role="status">${t`Nothing is asked of you.`}</p>`;
    return this._parts.map((part) => this.#part(part));
  }

  /** @param {Part} part */
  #part(part) {
    const isDotted = part.kind === "DOTTED";
    return html`<section aria-label=${part.employeeName}>
      <h2>${part.employeeName}</h2>
      <p class="soft">${plural(part.days, "{0}: {1} to {2}, {n} day.", "{0}: {1} to {2}, {n} days.", part.cycleName, on(part.firstDay), on(part.lastDay))}
        ${isDotted ? t`In your dotted line.` : nothing} ${part.due === null ? nothing : t`Due by ${on(part.due)}.`}
        ${part.givenAt === null ? nothing : t`Given on ${date(part.givenAt)}; you can change it until the section is handed in.`}</p>
      <form class="card" @submit=${(/** @type {Event} */ event) => this.#give(event, part)}>
        ${part.rated.map((rated) => this.#mark(part, rated, true))}
        ${part.unrated.length === 0 ? nothing : html`<p class="soft">${t`These have no figure for the cycle, so there is nothing to rate. Words about them are welcome.`}</p>`}
        ${part.unrated.map((rated) => this.#mark(part, rated, false))}
        ${this._tried === part.sectionId ? this.refusal : nothing}
        ${this._done === part.sectionId ? html`<p role="status"><b>${t`Given.`}</b> ${t`Their manager reads it now.`}</p>` : nothing}
        <div class="actions"><button class="button main">${part.givenAt === null ? t`Give your part` : t`Give it again`}</button></div>
      </form>
    </section>`;
  }

  /** @param {Part} part @param {Rated} rated @param {boolean} isRatable */
  #mark(part, rated, isRatable) {
    const said = part.marks.find((mark) => mark.indicator.key === rated.key);
    return html`<fieldset>
      <legend>${rated.name} <span class="soft">${rated.question}</span></legend>
      ${!isRatable ? nothing : html`<div class="scale">
        ${["1", "2", "3", "4", "5"].map((value) => html`<label class="check"><input type="radio" name="rating ${rated.key}" value=${value} .checked=${String(said?.rating) === value} /><span>${value}</span></label>`)}
        <label class="check"><input type="radio" name="rating ${rated.key}" value="" .checked=${(said?.rating ?? null) === null} /><span>${t`no rating`}</span></label>
      </div>`}
      <label><span>${t`Your words`}</span><textarea name="comment ${rated.key}" rows="2" .value=${said?.comment ?? ""}></textarea></label>
    </fieldset>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .scale { display: flex; flex-wrap: wrap; gap: 0 clamp(var(--s3), 4vw, var(--s5)); margin-bottom: var(--s2); }
      fieldset + fieldset, fieldset + p { border-top: 1px solid var(--rule); padding-top: var(--s4); }
      legend { float: left; width: 100%; padding: 0; margin-bottom: var(--s2); font: 600 var(--size-text) / 1.3 var(--serif); }
      legend span { display: block; font: italic 400 var(--size-text) / 1.45 var(--serif); }
      legend ~ * { clear: both; }
    `,
  ];
}

customElements.define("appraise-parts", AppraiseParts);
