// <appraise-together>: what all indicators of a section say together, after whoever rates has judged.

import { html, nothing } from "lit";
import { Spoken, plural, t, words } from "./language.js";
import { picture, tone } from "./picture.js";
import { findings, pictures, shared } from "./styles.js";
import { figure, sum } from "./words.js";

const VERDICTS = words({
  better: "Surely above the average colleague",
  worse: "Surely below the average colleague",
  unsure: "The data cannot tell this from the average colleague",
});
const MEASURE = { get name() { return t`All indicators together`; }, unit: null, direction: "HIGHER_IS_BETTER" };

export class AppraiseTogether extends Spoken {
  static properties = {
    composite: { attribute: false },
    toRate: { attribute: false },
  };

  constructor() {
    super();
    /** @type {any} */
    this.composite = null;
    /** How many ratings the reader still owes: the figure waits for them. */
    this.toRate = 0;
  }

  render() {
    if (this.composite === null) return nothing;
    return html`<article aria-labelledby="name">
      <header>
        <h2 id="name">${MEASURE.name}</h2>
        <p class="soft small">${t`by the weights of the policy`}</p>
      </header>
      <p class="question">${t`What do the figures say, judged jointly?`}</p>
      ${this.toRate > 0 ? this.#waiting() : this.composite.__typename === "Composite" ? this.#figure(this.composite) : this.#absence(this.composite)}
    </article>`;
  }

  #waiting() {
    return html`<div class="absence">
      <p>${plural(this.toRate, "Your own judgement comes first: this opens when you have rated every indicator that has a figure (one is missing).",
        "Your own judgement comes first: this opens when you have rated every indicator that has a figure ({n} are missing).")}</p>
    </div>`;
  }

  /** @param {any} composite */
  #figure(composite) {
    const sign = { better: "▲", worse: "▼", unsure: "◆" }[tone(composite.isBetter)];
    const verdict = VERDICTS[tone(composite.isBetter)];
    return html`<div class="finding">
        <div class=${tone(composite.isBetter)}>
          <p class="number">${signed(composite.value)} <span>${t`standard deviations`}</span></p>
          <p class="verdict"><span aria-hidden="true">${sign}</span> ${verdict}.</p>
          ${composite.level === null ? nothing : html`<p class="soft small">${t`Level ${composite.level} of 5 by a fixed rule. It is not a rating: a person gives that.`}</p>`}
          ${composite.carriesConsequence ? nothing : html`<p class="soft small">${t`To be read, not to be acted on: the reliability is below what the policy asks for.`}</p>`}
        </div>
        <figure>${picture({ ...composite, expected: "0", verdict }, MEASURE, t`average`)}</figure>
      </div>
      <details>
        <summary>${t`How it is worked out`}</summary>
        <div class="working">
          <ol>
            ${composite.sentences.map((/** @type {string} */ sentence) => html`<li>${sentence}</li>`)}
          </ol>
          ${this.#parts(composite)}
        </div>
      </details>`;
  }

  /** @param {any} composite */
  #parts(composite) {
    const digits = sum([...composite.parts.map((/** @type {any} */ part) => part.amount), composite.value]);
    return html`<table>
      <caption>${t`The sum, with every digit (standard deviations)`}</caption>
      <tbody>
        ${[...composite.parts.map((/** @type {any} */ part) => part.name), t`together`].map(
          (name, row) => html`<tr><th scope="row">${name}</th><td>${digits[row]}</td></tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** @param {any} absence */
  #absence(absence) {
    return html`<div class="absence">
      <p class="number">${t`No figure`}</p>
      <p>${absence.sentence}</p>
      <p class="soft small">${t`This is not a zero and not an average: there is too little to put together.`}</p>
    </div>`;
  }

  static styles = [shared, pictures, findings];
}

/** @param {string} value */
const signed = (value) => (Number(value) > 0 ? "+" : "") + figure(value, null).replace("-", "−");

customElements.define("appraise-together", AppraiseTogether);
