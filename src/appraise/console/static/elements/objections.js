// <appraise-objections>: what the employee objects to in one item, how it stands, and what the reader may do about it.
// Tells of a wish by the event `objection`: what, the item, and the dispute where there is one.

import { css, html, nothing } from "lit";
import { Spoken, t } from "./language.js";
import { shared } from "./styles.js";
import { DISPUTES, OUTCOMES, date, until } from "./words.js";

/**
 * @typedef {{id: string, kind: string, state: string, itemId: string, evidence: string | null, comment: string,
 *   revision: number, filedAt: string, decideBy: string, reviewerName: string | null, reason: string | null,
 *   decidedByName: string | null, decidedAt: string | null}} Dispute
 * @typedef {"DISPUTE" | "CLAIM" | "WITHDRAW" | "DECIDE"} Wish
 */

export class AppraiseObjections extends Spoken {
  static properties = {
    item: { attribute: false },
    disputes: { attribute: false },
    actions: { attribute: false },
    isRatingShown: { attribute: false },
  };

  constructor() {
    super();
    /** @type {any} */
    this.item = null;
    /** @type {Dispute[]} */
    this.disputes = [];
    /** @type {string[]} */
    this.actions = [];
    this.isRatingShown = false;
  }

  render() {
    const isDisputed = this.disputes.some((one) => one.state === "OPEN" && one.kind === "RATING");
    const mayDispute = this.actions.includes("DISPUTE") && this.item.rating !== null && this.isRatingShown && !isDisputed;
    const mayClaim = this.actions.includes("CLAIM");
    return html`${this.disputes.map((one) => this.#one(one))}
      ${mayDispute || mayClaim
        ? html`<p class="wishes">
            ${mayDispute ? html`<button class="link small" @click=${() => this.#wish("DISPUTE")}>${t`Dispute this rating`}</button>` : nothing}
            ${mayClaim ? html`<button class="link small" @click=${() => this.#wish("CLAIM")}>${t`Evidence is wrong or missing`}</button>` : nothing}
          </p>`
        : nothing}`;
  }

  /** @param {Dispute} one */
  #one(one) {
    const isOpen = one.state === "OPEN";
    const may = one.kind === "RATING" ? "DECIDE_DISPUTE" : "DECIDE_CLAIM";
    const own = one.kind === "RATING" ? "DISPUTE" : "CLAIM";
    return html`<div class="notice ${isOpen ? "" : "ended"}" role="group" aria-label=${DISPUTES[one.kind]}>
      <p><b>${DISPUTES[one.kind]}</b>${one.evidence === null ? nothing : html` <code>${one.evidence}</code>`}
        <span class="soft small">${t`filed on ${date(one.filedAt)}`}</span></p>
      <blockquote>${one.comment}</blockquote>
      ${isOpen ? this.#waits(one) : this.#ended(one)}
      ${isOpen && this.actions.includes(own)
        ? html`<button class="link small" @click=${() => this.#wish("WITHDRAW", one)}>${t`Withdraw it`}</button>`
        : nothing}
      ${isOpen && this.actions.includes(may)
        ? html`<button class="button" @click=${() => this.#wish("DECIDE", one)}>${t`Decide`}</button>`
        : nothing}
    </div>`;
  }

  /** @param {Dispute} one */
  #waits(one) {
    const { words, isLate } = until(one.decideBy, new Date());
    return html`<p class="small"><b>${t`Open.`}</b> ${t`${one.reviewerName ?? t`HR`} decides, by ${date(`${one.decideBy}T00:00:00Z`)}`}
      <span class=${isLate ? "late" : "soft"}>(${words})</span>.</p>`;
  }

  /** @param {Dispute} one */
  #ended(one) {
    const who = one.state === "WITHDRAWN" ? null : one.decidedByName;
    const when = one.decidedAt === null ? null : date(one.decidedAt);
    const how = when === null ? nothing : who === null ? t`on ${when}` : t`by ${who} on ${when}`;
    return html`<p class="small"><b>${OUTCOMES[one.state]}</b> ${how}${one.reason === null ? "." : html`: ${one.reason}`}</p>`;
  }

  /** @param {Wish} what @param {Dispute | null} dispute */
  #wish(what, dispute = null) {
    this.dispatchEvent(new CustomEvent("objection", { bubbles: true, composed: true, detail: { what, item: this.item, dispute } }));
  }

  static styles = [
    shared,
    css`
      .notice { margin-top: var(--s3); }
      .notice.ended { border-color: var(--rule); }
      blockquote { margin: var(--s1) 0; font: italic 400 var(--size-text) / 1.5 var(--serif); overflow-wrap: anywhere; white-space: pre-line; }
      code { overflow-wrap: anywhere; }
      .late { color: var(--worse); font-weight: 600; }
      .wishes { display: flex; flex-wrap: wrap; gap: 0 var(--s5); margin-top: var(--s3); }
      .button { margin-top: var(--s2); }
      @media print { .wishes { display: none; } }
    `,
  ];
}

/**
 * The question that is asked before a wish goes to the service.
 * @param {Wish} what @param {any} item @param {Dispute | null} dispute @param {string | null} event id of the evidence
 * @returns {import("./ask.js").Question}
 */
export function questionOf(what, item, dispute, event = null) {
  const name = item.indicator.name;
  switch (what) {
    case "DISPUTE":
      return {
        title: t`Dispute the rating of ${name}?`,
        words: t`Somebody who did not rate you decides, within 14 days. Your time to answer stands still meanwhile.`,
        button: t`File the dispute`,
        fields: [{ name: "comment", label: t`What is wrong with it, and why` }],
      };
    case "CLAIM":
      return {
        title: t`Evidence of ${name} is wrong or missing?`,
        words: t`A manager or HR decides within 14 days. If you are right, it is corrected where it was recorded, and the figure follows.`,
        button: t`File the claim`,
        fields: [
          { name: "kind", label: t`What is wrong`, kind: "choice", options: [["NOT_MINE", t`It was not mine`], ["WRONG_DATA", t`It is recorded wrongly`], ["MISSING", t`It was mine and is missing`]] },
          { name: "evidence", label: t`Which record`, kind: "line", value: event ?? "", hint: t`Its id, as the list of evidence shows it, or as the system where it was recorded does.` },
          { name: "comment", label: t`What happened` },
        ],
      };
    case "WITHDRAW":
      return {
        title: t`Withdraw it?`,
        words: dispute?.kind === "RATING" ? t`The rating stands, and your time to answer goes on.` : t`The evidence stands as it is.`,
        button: t`Withdraw it`,
      };
    default:
      return {
        title: t`Decide: ${name}`,
        words: dispute?.kind === "RATING"
          ? t`The rating is ${item.rating ?? t`none`} of 5. Another one makes a new revision, which is shared again.`
          : t`A claim that is upheld is told to the system that the record came from; the next import brings the correction.`,
        button: t`Decide`,
        fields: [
          { name: "outcome", label: t`What is decided`, kind: "choice", options: [["DECLINED", t`It stands as it is`], ["UPHELD", t`The employee is right`], ["PARTLY_UPHELD", t`Right in part`]] },
          ...(dispute?.kind === "RATING"
            ? [/** @type {import("./ask.js").Field} */ ({ name: "rating", label: t`The rating put right`, kind: "choice", isOptional: true, options: [["", t`as it is`], ...[1, 2, 3, 4, 5].map((value) => [`${value}`, t`${value} of 5`])] })]
            : []),
          { name: "reason", label: t`Why`, hint: t`The employee reads it.` },
        ],
      };
  }
}

/**
 * What is sent for a wish, beside the section, its version and the key.
 * @param {Wish} what @param {any} item @param {Dispute | null} dispute @param {Record<string, string>} values
 */
export function inputOf(what, item, dispute, values) {
  if (what === "DISPUTE") return { itemId: item.id, kind: "RATING", ...values };
  if (what === "CLAIM") return { itemId: item.id, ...values };
  const { rating, ...others } = values;
  return { disputeId: dispute?.id, ...others, ...(rating ? { rating: Number(rating) } : {}) };
}

customElements.define("appraise-objections", AppraiseObjections);
