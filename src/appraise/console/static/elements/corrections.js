// <appraise-corrections>: what the data say otherwise since the section was handed in, and what HR makes of it.
// Tells by the event `annotate`, with the notice's id, that the reader lets the section stand.

import { LitElement, css, html, nothing } from "lit";
import { shared } from "./styles.js";
import { date, figure } from "./words.js";

const ENDED = /** @type {Record<string, string>} */ ({ REOPENED: "The section was opened again.", ANNOTATED: "The section stands." });

export class AppraiseCorrections extends LitElement {
  static properties = {
    corrections: { attribute: false },
    items: { attribute: false },
    mayDecide: { attribute: false },
  };

  constructor() {
    super();
    /** @type {any[]} */
    this.corrections = [];
    /** @type {any[]} */
    this.items = [];
    this.mayDecide = false;
  }

  render() {
    return this.corrections.map((one) => this.#one(one));
  }

  /** @param {any} one */
  #one(one) {
    const isOpen = one.state === "OPEN";
    return html`<section class="notice ${isOpen ? "" : "ended"}" aria-label="The data say otherwise now">
      <h2>The data say otherwise now</h2>
      <p class="small">Noticed on ${date(one.noticedAt)}. ${one.bandChanges ? "A level, or the side of what was expected, would change." : "No level would change."}
        What was handed in stays as it is until somebody decides.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="What changed">
        <table>
          <thead><tr><th scope="col">Figure</th><th scope="col">Then</th><th scope="col">Now</th><th scope="col">Level</th></tr></thead>
          <tbody>${one.differences.map((/** @type {any} */ difference) => this.#row(difference))}</tbody>
        </table>
      </div>
      ${isOpen
        ? html`<p class="small"><b>Open.</b> HR decides by ${date(`${one.decideBy}T00:00:00Z`)}: the section stands with a note, or two people open it again.</p>`
        : html`<p class="small"><b>${ENDED[one.state]}</b> ${one.note ?? nothing}</p>`}
      ${isOpen && this.mayDecide ? html`<button class="button" @click=${() => this.#annotate(one.id)}>Let it stand</button>` : nothing}
    </section>`;
  }

  /** @param {any} difference */
  #row(difference) {
    const known = this.items.find((item) => item.indicator.key === difference.indicator)?.indicator;
    const say = (/** @type {string | null} */ value) => (value === null ? "no figure" : figure(value, known?.unit ?? null));
    const level = (/** @type {number | null} */ value) => value ?? "none";
    const { levelBefore, levelAfter } = difference;
    return html`<tr>
      <th scope="row">${known?.name ?? difference.indicator}</th>
      <td>${say(difference.before)}</td><td>${say(difference.after)}</td>
      <td>${levelBefore === levelAfter ? "the same" : html`${level(levelBefore)} → ${level(levelAfter)}`}</td>
    </tr>`;
  }

  /** @param {string} id */
  #annotate(id) {
    this.dispatchEvent(new CustomEvent("annotate", { detail: id }));
  }

  static styles = [
    shared,
    css`
      section { margin-bottom: var(--s5); }
      .ended { border-color: var(--rule); }
      h2 { font: 600 var(--size-text) / 1.3 var(--sans); margin-bottom: var(--s1); }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; margin-block: var(--s3); font-variant-numeric: tabular-nums lining-nums; }
      th, td { text-align: left; padding: var(--s1) var(--s4) var(--s1) 0; border-top: 1px solid var(--rule); font-weight: 400; }
      thead th { font-size: var(--size-small); font-weight: 600; border: 0; }
      .button { margin-top: var(--s2); }
    `,
  ];
}

customElements.define("appraise-corrections", AppraiseCorrections);
