// <appraise-item>: one line of a section: what the data say, how that was worked out, what the manager says, what the
// employee says, and what is objected to.

import { css, html, nothing } from "lit";
import { isRatable, isSame, storedOf } from "./drafts.js";
import "./evidence.js";
import { Spoken, t } from "./language.js";
import "./objections.js";
import "./peers.js";
import { picture, tone } from "./picture.js";
import { findings, pictures, shared } from "./styles.js";
import { date, factorName, figure, isContext, isSupported, negated, share, sum, time, unitWords } from "./words.js";

const RATINGS = [1, 2, 3, 4, 5];
const EXTREMES = new Set([1, 5]);

export class AppraiseItem extends Spoken {
  static properties = {
    item: { attribute: false },
    earlier: { attribute: false },
    isEditable: { attribute: false },
    isAssessable: { attribute: false },
    isOwn: { attribute: false },
    isByLevel: { attribute: false },
    isHandedIn: { attribute: false },
    disputes: { attribute: false },
    moves: { attribute: false },
    actions: { attribute: false },
    client: { attribute: false },
    section: { attribute: false },
    _isOpen: { state: true },
    _isCompared: { state: true },
    areRatingsVisible: { attribute: false },
    saving: { attribute: false },
    stamp: { attribute: false },
  };

  constructor() {
    super();
    /** @type {any} */
    this.item = null;
    /** @type {import("./picture.js").Earlier | null} the figure of the cycle before */
    this.earlier = null;
    /** Whether the reader rates it as manager. */
    this.isEditable = false;
    /** Whether the reader assesses themselves. */
    this.isAssessable = false;
    this.isOwn = false;
    /** Whether the manager's part is done. */
    this.isHandedIn = false;
    /** Whether the level of the data stands where nobody rated. */
    this.isByLevel = false;
    /** @type {any[]} objections to this item or to evidence of it */
    this.disputes = [];
    /** @type {any[]} what calibration moved */
    this.moves = [];
    /** @type {string[]} what the reader may do with the section */
    this.actions = [];
    /** @type {import("./client.js").Client | undefined} */
    this.client = undefined;
    this.section = "";
    this._isOpen = false;
    this._isCompared = false;
    this.areRatingsVisible = true;
    /** @type {import("./saving.js").Saving | null} */
    this.saving = null;
    /** Changes whenever `saving` has news. */
    this.stamp = 0;
  }

  render() {
    const { indicator, result } = this.item;
    return html`<article aria-labelledby="name">
      <header>
        <h2 id="name">${indicator.name}</h2>
        <p class="soft small">${isContext(this.item) ? t`context, weighs nothing` : t`${share(this.item.weight)} of the total`}</p>
      </header>
      <p class="question">${indicator.question}</p>
      ${result.__typename === "EstimateResult" ? this.#estimate(indicator, result) : this.#absence(result)}
      ${this.#peers()} ${this.#scope(indicator)} ${this.#evidence()}
      <div class="views">${this.#manager()} ${this.#own()}</div>
      ${this.#late()}
      <appraise-objections .item=${this.item} .disputes=${this.disputes} .actions=${this.actions}
        .isRatingShown=${this.areRatingsVisible}></appraise-objections>
    </article>`;
  }

  /** @param {any} indicator @param {any} result */
  #estimate(indicator, result) {
    const sign = { better: "▲", worse: "▼", unsure: "◆" }[tone(result.isBetter)];
    return html`<div class="finding">
        <div class=${tone(result.isBetter)}>
          <p class="number">${figure(result.value, indicator.unit)} <span>${unitWords(indicator.unit)}</span></p>
          <p class="verdict"><span aria-hidden="true">${sign}</span> ${result.verdict}</p>
          <p class="soft small">${t`From ${result.evidence.sentence}.`}</p>
          ${this.#before(indicator)} ${this.#level(result)}
          ${result.carriesConsequence ? nothing : html`<p class="soft small">${t`To be read, not to be acted on: the reliability is below what the policy asks for.`}</p>`}
        </div>
        <figure>${picture(result, indicator, t`expected`, this.earlier)}</figure>
      </div>
      <details>
        <summary>${t`How it is worked out`}</summary>
        <div class="working">
          <ol>
            ${result.working.sentences.map((/** @type {string} */ sentence) => html`<li>${sentence}</li>`)}
          </ol>
          ${this.#sum(indicator, result.working)}
        </div>
      </details>`;
  }

  /** @param {any} indicator */
  #before(indicator) {
    if (this.earlier === null) return nothing;
    const { cycleName, value, lower, upper } = this.earlier;
    const [was, from, to] = [value, lower, upper].map((one) => figure(one, indicator.unit));
    return html`<p class="soft small">${t`In ${cycleName}: ${was} (95 %: ${from} to ${to}). The difference of the two is no measure of change.`}</p>`;
  }

  /** Whoever rates sees it after rating, so that it leads nobody's judgement. @param {any} result */
  #level(result) {
    const isRated = !this.isEditable || this.#current().rating !== null;
    if (result.level === null || !isRated) return nothing;
    return html`<p class="soft small">${t`Level ${result.level} of 5 by a fixed rule. It is not a rating.`}</p>`;
  }

  /** @param {any} indicator @param {any} working */
  #sum(indicator, working) {
    const steps = [
      [t`observed`, working.raw],
      ...working.caseMix.map((/** @type {any} */ part) => [t`corrected for ${factorName(part.factor)}`, negated(part.effect)]),
      [t`moved towards the peers`, negated(working.shrinkage)],
      [t`score`, working.score],
    ];
    const digits = sum(steps.map(([, value]) => value));
    return html`<table>
      <caption>${t`The sum, with every digit (${unitWords(indicator.unit)})`}</caption>
      <tbody>
        ${steps.map(([name], row) => html`<tr><th scope="row">${name}</th><td>${digits[row]}</td></tr>`)}
      </tbody>
    </table>`;
  }

  /** @param {any} result */
  #absence(result) {
    return html`<div class="absence">
      <p class="number">${t`No figure`}</p>
      <p>${result.sentence}</p>
      <p class="soft small">${this.isAssessable ? t`This is not a zero: it weighs nothing in the total.` : t`This is not a zero: it weighs nothing in the total, and there is nothing to rate.`}</p>
    </div>`;
  }

  /** Looked up when it is opened. */
  #peers() {
    return html`<details @toggle=${(/** @type {any} */ event) => { this._isCompared ||= event.target.open; }}>
      <summary>${t`Where colleagues lie`}</summary>
      ${this._isCompared ? html`<appraise-peers .client=${this.client} .section=${this.section} .item=${this.item}></appraise-peers>` : nothing}
    </details>`;
  }

  /** @param {any} indicator */
  #scope(indicator) {
    return html`<details>
      <summary>${t`What counts`}</summary>
      <dl>
        <div><dt>${t`Counts`}</dt><dd>${indicator.counts}</dd></div>
        <div><dt>${t`Does not count`}</dt><dd>${indicator.doesNotCount}</dd></div>
      </dl>
    </details>`;
  }

  /** Looked up when it is opened. */
  #evidence() {
    return html`<details @toggle=${(/** @type {any} */ event) => { this._isOpen ||= event.target.open; }}>
      <summary>${t`The events behind it`}</summary>
      ${this._isOpen
        ? html`<appraise-evidence .client=${this.client} .section=${this.section} .item=${this.item} .items=${[this.item]}
            .mayClaim=${this.actions.includes("CLAIM")}></appraise-evidence>`
        : nothing}
    </details>`;
  }

  #manager() {
    if (!this.areRatingsVisible) return nothing;
    if (this.isEditable && !isContext(this.item)) return this.#form({ legend: isRatable(this.item) ? t`Your rating` : null, words: t`Your words` });
    return isRatable(this.item) || this.item.comment !== null ? this.#words() : nothing;
  }

  /** What the employee says: theirs to write until it is handed in, others' to read when both are in. */
  #own() {
    if (this.isAssessable) return this.#form({ legend: t`Your own rating, if you want to give one`, words: t`Your own words` });
    const { ownRating, ownComment } = this.item;
    if (ownRating === null && ownComment === null) return nothing;
    return html`<div class="manager">
      <p><b>${this.isOwn ? t`Your own rating:` : t`The employee’s own rating:`}</b> ${ownRating === null ? t`none` : t`${ownRating} of 5`}</p>
      ${ownComment === null ? nothing : html`<blockquote>${ownComment}</blockquote>`}
    </div>`;
  }

  #words() {
    const { rating, comment, reason } = this.item;
    if (rating === null && comment === null) return html`<p class="manager soft">${this.isHandedIn ? t`Not rated.` : t`Not rated yet.`}</p>`;
    const given = this.isByLevel && this.moves.length === 0 ? t`Level of the data; nobody rated it:` : t`Manager’s rating:`;
    return html`<div class="manager">
      ${isRatable(this.item) ? html`<p><b>${given}</b> ${rating === null ? t`none` : t`${rating} of 5`}</p>` : html`<p><b>${t`Manager’s words:`}</b></p>`}
      ${comment === null ? nothing : html`<blockquote>${comment}</blockquote>`}
      ${reason === null ? nothing : html`<p class="small">${t`Why it differs from the data: ${reason}`}</p>`}
      ${this.moves.map(
        (move) => html`<p class="small">
          ${t`${html`<b>${t`Changed in calibration`}</b>`} from ${move.before ?? t`none`} to ${move.after} on ${date(move.at)}: ${move.reason}`}
          ${move.isOutside ? html`<em>${t`The data do not bear ${move.after} out.`}</em>` : nothing}
        </p>`,
      )}
    </div>`;
  }

  /** Without a legend there is nothing to rate. @param {{legend: string | null, words: string}} said */
  #form({ legend, words }) {
    const { rating, comment, reason } = this.#current();
    const isComment = this.isEditable && EXTREMES.has(rating ?? 0) && comment.trim() === "";
    return html`<div class="manager">
      ${legend === null ? nothing : html`<fieldset>
        <legend>${legend}</legend>
        <div class="ratings">
          ${RATINGS.map(
            (value) => html`<label>
              <input type="radio" name="rating" .checked=${rating === value} value=${value} @change=${() => this.#edit({ rating: value })}
                aria-label=${value === 1 ? t`${value}, lowest` : value === 5 ? t`${value}, highest` : value} />
              <span aria-hidden="true">${value}</span>
            </label>`,
          )}
        </div>
        <p class="ends soft small" aria-hidden="true"><span>${t`lowest`}</span><span>${t`highest`}</span></p>
        ${rating === null ? nothing : html`<button class="link small back" @click=${() => this.#edit({ rating: null })}>${t`Take it back`}</button>`}
      </fieldset>`}
      <div class="comment">
        <label for="comment">${words}${isComment ? html` <em>${t`needed beside a ${rating}`}</em>` : nothing}</label>
        <textarea id="comment" rows="3" maxlength="4000" .value=${comment} aria-describedby="status"
          @input=${(/** @type {any} */ event) => this.#edit({ comment: event.target.value }, true)}
          @blur=${() => this.saving?.isPending && this.saving.flush()}></textarea>
      </div>
      ${!this.isEditable || isSupported(this.item, rating) ? nothing : this.#reason(rating, reason)}
      <p class="status small" id="status" role="status">${this.#status()}</p>
      ${this.#choice()}
    </div>`;
  }

  /** @param {number | null} rating @param {string} reason */
  #reason(rating, reason) {
    const { lowest, highest } = this.item.supportedRatings;
    return html`<div class="comment">
      <label for="reason">${t`Why ${rating}, where the data bear out ${lowest} to ${highest}`}${reason.trim() === "" ? html` <em>${t`needed`}</em>` : nothing}</label>
      <textarea id="reason" rows="2" maxlength="2000" .value=${reason}
        @input=${(/** @type {any} */ event) => this.#edit({ reason: event.target.value }, true)}
        @blur=${() => this.saving?.isPending && this.saving.flush()}></textarea>
    </div>`;
  }

  #status() {
    const status = this.#saved;
    switch (status.kind) {
      case "saving":
        return t`Saving …`;
      case "saved":
        return t`Saved at ${time(status.at)}.`;
      case "offline":
        return html`<b class="wrong">${t`Not saved: no answer from the service. Your words are kept here and sent as soon as it answers.`}</b>`;
      case "refused":
        return html`<b class="wrong">${t`Not saved: ${status.message.replace(/\.$/, "")}.`}</b>`;
      case "conflict":
        return html`<b class="wrong">${t`Not saved: somebody else wrote here meanwhile. Choose below.`}</b>`;
      default:
        return t`Saved as you write.`;
    }
  }

  /** What is to become of words that are not stored. */
  #choice() {
    const { kind } = this.#saved;
    if (kind !== "conflict" && kind !== "refused") return nothing;
    return html`<div class="notice bad" role="group" aria-label=${t`Two versions`}>
      <dl>
        <div><dt>${t`Stored now`}</dt><dd>${told(this.#stored())}</dd></div>
        <div><dt>${t`Yours`}</dt><dd>${told(this.#current())}</dd></div>
      </dl>
      <p class="choice">
        <button class="button main" @click=${() => this.saving?.keep(this.item.id)}>${kind === "conflict" ? t`Keep mine` : t`Try again`}</button>
        <button class="button" @click=${() => this.saving?.discard(this.item.id)}>${t`Take what is stored`}</button>
      </p>
    </div>`;
  }

  /** Words that came too late: there is no form any more. */
  #late() {
    if (this.isEditable || this.isAssessable || this.saving?.drafts.draft(this.item.id) === undefined) return nothing;
    return html`<p class="status small" role="status">${this.#status()}</p>${this.#choice()}`;
  }

  get #saved() {
    return this.saving?.drafts.status(this.item.id) ?? /** @type {import("./drafts.js").Status} */ ({ kind: "idle" });
  }

  /** What the form shows: what was written last, stored or not. @returns {import("./saving.js").Draft} */
  #current() {
    const stored = this.#stored();
    const draft = this.saving?.drafts.draft(this.item.id);
    if (draft !== undefined) return draft;
    const written = this.saving?.drafts.written(this.item.id);
    return written !== undefined && isSame(written, stored) ? written : stored;
  }

  #stored() {
    return storedOf(this.item, this.isOwn);
  }

  /** @param {Partial<import("./saving.js").Draft>} change @param {boolean} soon */
  #edit(change, soon = false) {
    this.saving?.edit(this.item.id, { ...this.#current(), ...change }, { soon });
  }

  focusForm() {
    const found = [".choice button", "input:checked", "input", "textarea", "article"].map((selector) => this.renderRoot.querySelector(selector));
    const field = found.find((element) => element !== null);
    /** @type {HTMLElement | null} */ (field)?.focus();
    this.scrollIntoView({ block: "start" });
  }

  static styles = [
    shared,
    pictures,
    findings,
    css`
      :host { scroll-margin-top: var(--s4); }
      .views { display: grid; gap: 0 var(--s4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); align-items: start; }
      .manager { margin-top: var(--s4); background: var(--wash); border-radius: var(--corner); padding: var(--s4); }
      blockquote { margin: var(--s2) 0 0; font: italic 400 var(--size-text) / 1.5 var(--serif); overflow-wrap: anywhere; white-space: pre-line; }
      legend, .comment label { font-weight: 600; padding: 0; }
      .ratings { display: flex; gap: var(--s2); margin-top: var(--s2); }
      .ends { display: flex; justify-content: space-between; max-width: 15.75rem; padding-inline: 0.1rem; }
      fieldset { position: relative; }
      .back { position: absolute; top: -1.6rem; inset-inline-end: 0; padding: 0; min-height: 1.5rem; }
      .ratings label { position: relative; display: block; }
      .ratings input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
      .ratings label span {
        display: grid; place-items: center; width: 2.75rem; height: 2.75rem; border: 1px solid var(--edge);
        border-radius: 50%; background: var(--sheet); font: 500 1.125rem / 1 var(--serif); font-variant-numeric: lining-nums;
      }
      .ratings input:hover + span { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
      .ratings input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
      .ratings input:focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; }
      .comment { margin-top: var(--s4); }
      .comment em { font-weight: 400; color: var(--worse); }
      textarea { display: block; width: 100%; margin-top: var(--s2); resize: vertical; field-sizing: content; min-height: 5.2rem; }
      .status { margin-top: var(--s2); min-height: 1.5em; color: var(--ink-soft); }
      .wrong { color: var(--worse); }
      .choice { display: flex; flex-wrap: wrap; gap: var(--s3); }
      @media print {
        .status, .ends, .notice { display: none; }
        .manager { background: none; border-inline-start: 3px solid var(--rule); padding-block: 0; }
        .ratings label:not(:has(:checked)) { display: none; }
        textarea { border: 0; padding: 0; min-height: 0; resize: none; background: none; }
      }
    `,
  ];
}

/** A rating with its words. @param {import("./drafts.js").Draft} draft */
const told = ({ rating, comment, reason }) =>
  html`${rating === null ? t`no rating` : t`${rating} of 5`}, ${comment ? t`“${comment}”` : t`no words`}${reason ? html`<br />${t`Why it differs from the data: ${reason}`}` : nothing}`;

customElements.define("appraise-item", AppraiseItem);
