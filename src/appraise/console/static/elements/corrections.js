// <appraise-corrections>: what the data say otherwise since the section was handed in, and what HR makes of it.
// Tells by the event `annotate`, with the notice's id, that the reader lets the section stand.

import { css, html, nothing } from "lit";
import { Spoken, t, words } from "./language.js";
import { shared } from "./styles.js";
import { date, figure } from "./words.js";

const ENDED = /** @type {Record<string, string>} */ (words({ REOPENED: "The section was opened again.", ANNOTATED: "The section stands.", OVERTAKEN: "The data changed again, so there is nothing to decide here." }));

/** What is asked before a section is let stand. @returns {import("./ask.js").Question} */
export const standing = () => ({
  title: t`Let the section stand?`,
  words: t`The figures stay as they were handed in. The employee reads your note.`,
  button: t`Let it stand`,
  fields: [{ name: "note", label: t`Why it stands` }],
});

export class AppraiseCorrections extends Spoken {
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
    return html`<section class="notice ${isOpen ? "" : "ended"}" aria-label=${t`The data say otherwise now`}>
      <h2>${t`The data say otherwise now`}</h2>
      <p class="small">${t`Noticed on ${date(one.noticedAt)}.`} ${one.bandChanges ? t`A level, or the side of what was expected, would change.` : t`No level would change.`}
        ${t`What was handed in stays as it is until somebody decides.`}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t`What changed`}>
        <table>
          <thead><tr><th scope="col">${t`Figure`}</th><th scope="col">${t`Then`}</th><th scope="col">${t`Now`}</th><th scope="col">${t`Level`}</th></tr></thead>
          <tbody>${one.differences.map((/** @type {any} */ difference) => this.#row(difference))}</tbody>
        </table>
      </div>
      ${isOpen
        ? html`<p class="small"><b>${t`Open.`}</b> ${t`HR decides by ${date(`${one.decideBy}T00:00:00Z`)}: the section stands with a note, or two people open it again.`}</p>`
        : html`<p class="small"><b>${ENDED[one.state]}</b> ${one.note ?? nothing}</p>`}
      ${isOpen && this.mayDecide ? html`<button class="button" @click=${() => this.#annotate(one.id)}>${t`Let it stand`}</button>` : nothing}
    </section>`;
  }

  /** @param {any} difference */
  #row(difference) {
    const known = this.items.find((item) => item.indicator.key === difference.indicator)?.indicator;
    const say = (/** @type {string | null} */ value) => (value === null ? t`no figure` : figure(value, known?.unit ?? null));
    const level = (/** @type {number | null} */ value) => value ?? t`none`;
    const { levelBefore, levelAfter } = difference;
    return html`<tr>
      <th scope="row">${known?.name ?? difference.indicator}</th>
      <td>${say(difference.before)}</td><td>${say(difference.after)}</td>
      <td>${levelBefore === levelAfter ? t`the same` : html`${level(levelBefore)} → ${level(levelAfter)}`}</td>
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
      th, td { text-align: start; padding-block: var(--s1); padding-inline: 0 var(--s4); border-top: 1px solid var(--rule); font-weight: 400; }
      thead th { font-size: var(--size-small); font-weight: 600; border: 0; }
      .button { margin-top: var(--s2); }
    `,
  ];
}

customElements.define("appraise-corrections", AppraiseCorrections);
