// <appraise-section section="…">: one employee's customer-service section in one cycle, wherever it is embedded.
// Attributes: `section` (its id), `endpoint` (where the GraphQL API is). Property: `token` (a bearer token, kept in
// memory; our own pages need none).

import { LitElement, css, html, nothing } from "lit";
import { Client, RequestFailed, idempotencyKey } from "./client.js";
import "./item.js";
import "./together.js";
import {
  AcknowledgeSection, ApproveSection, FinaliseSection, ReadSection, ReleaseSection, ReturnSection, ShareSection, SubmitSection,
} from "./operations.js";
import { legend } from "./picture.js";
import { Saving } from "./saving.js";
import { pictures, shared } from "./styles.js";
import { BYWAYS, STATES, STEPS, date, failure, isContext, isSupported, period, share } from "./words.js";

const RETRY = 5000;
const EXTREMES = new Set([1, 5]);
const DEEDS = {
  SUBMIT: {
    document: SubmitSection,
    button: "Hand in",
    title: "Hand this section in?",
    words: "It goes to HR as it is. You can change it again only if it is given back to you.",
    needsReason: false,
  },
  RETURN: {
    document: ReturnSection,
    button: "Give back",
    title: "Give it back to the manager?",
    words: "The manager can change it and hand it in again. Your reason goes to the audit log.",
    needsReason: true,
  },
  APPROVE: {
    document: ApproveSection,
    button: "Approve",
    title: "Approve this section?",
    words: "It can then be shared with the employee.",
    needsReason: false,
  },
  RELEASE: {
    document: ReleaseSection,
    button: "Release",
    title: "Let the manager share it?",
    words: "The manager decides when the employee reads it.",
    needsReason: false,
  },
  SHARE: {
    document: ShareSection,
    button: "Share",
    title: "Share it with the employee?",
    words: "The employee sees all of it, and has some days to answer.",
    needsReason: false,
  },
  AGREE: {
    document: AcknowledgeSection,
    button: "I agree",
    title: "You have seen it and agree?",
    words: "Your answer is kept with the section.",
    needsReason: false,
    fields: { stance: "AGREE" },
  },
  NOT_AGREE: {
    document: AcknowledgeSection,
    button: "Seen, I do not agree",
    title: "You have seen it and do not agree?",
    words: "Your answer is kept with the section. It is no agreement.",
    needsReason: false,
    fields: { stance: "SEEN_NOT_AGREE" },
  },
  FINALISE: {
    document: FinaliseSection,
    button: "Make final",
    title: "Make this section final?",
    words: "It can no longer be changed, and HR systems may read it. Your grounds go to the audit log.",
    needsReason: true,
  },
};
/** The deeds of an action that is done in more than one way. */
const WAYS = { ACKNOWLEDGE: ["AGREE", "NOT_AGREE"] };
/** @typedef {keyof typeof DEEDS} Deed */

/** @param {string} endpoint */
function isElsewhere(endpoint) {
  return new URL(endpoint, window.location.href).origin !== window.location.origin;
}

export class AppraiseSection extends LitElement {
  static properties = {
    section: {},
    endpoint: {},
    token: { attribute: false },
    _data: { state: true },
    _failure: { state: true },
    _deed: { state: true },
    _problem: { state: true },
    _stamp: { state: true },
  };

  constructor() {
    super();
    this.section = "";
    this.endpoint = "/graphql";
    /** @type {string | null} */
    this.token = null;
    /** @type {any} */
    this._data = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
    /** @type {Deed | null} */
    this._deed = null;
    this._problem = "";
    this._stamp = 0;
    /** @type {Saving | null} */
    this.saving = null;
    this._retry = 0;
    this._guard = (/** @type {BeforeUnloadEvent} */ event) => this.saving?.isPending && event.preventDefault();
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("beforeunload", this._guard);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("beforeunload", this._guard);
    window.clearTimeout(this._retry);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const isOther = changed.has("section") || changed.has("endpoint");
    if (!isOther && !changed.has("token")) return;
    if (this.token === null && isElsewhere(this.endpoint)) return; // the host has yet to bring one
    if (this.client && !isOther) {
      this.client.token = this.token; // a new one for the old: what is being written stays
      if (this._failure !== null) this.#load();
      return;
    }
    this.client = new Client(this.endpoint, this.token);
    this.saving = new Saving(this.client, this.section, (section) => this.#stored(section));
    this.#load();
  }

  async #load() {
    try {
      const { section } = await /** @type {Client} */ (this.client).send(ReadSection, { id: this.section });
      this._failure = null;
      this.#show(section);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
      if (error.code === "OFFLINE" || error.code === "UNAVAILABLE") {
        this._retry = window.setTimeout(() => this.#load(), RETRY);
      }
    }
  }

  /** @param {any} section */
  #show(section) {
    this._data = section;
    this.saving?.begin(section.version);
    if (this.closest("main")) document.title = `${section.person.name} · ${section.cycle.name} · Appraise`;
  }

  /** @param {any | null} section null where only the state of saving changed */
  #stored(section) {
    if (section !== null) this._data = section;
    const isConflict = this._data.items.some((/** @type {any} */ item) => this.saving?.status(item.id).kind === "conflict");
    if (section === null && isConflict && !this._conflictSeen) this.#load();
    this._conflictSeen = isConflict;
    this._stamp += 1;
  }

  render() {
    if (this._data === null) return this._failure === null ? this.#waiting() : this.#failed(this._failure);
    const data = this._data;
    return html`<div class="frame">
      ${this.#head(data)}
      <div class="columns">
        <div class="items">
          ${legend()}
          ${data.items.filter((/** @type {any} */ item) => !isContext(item)).map((/** @type {any} */ item) => this.#item(data, item))}
          ${this.#together(data)} ${this.#context(data)}
        </div>
        <aside aria-label="This section">${this.#total(data)} ${this.#next(data)} ${this.#origin(data)}</aside>
      </div>
      ${this.#dialog()}
    </div>`;
  }

  /** @param {any} data @param {any} item */
  #item(data, item) {
    return html`<appraise-item .item=${item} .saving=${this.saving} .stamp=${this._stamp}
      .isEditable=${data.allowedActions.includes("RATE")} .areRatingsVisible=${data.ratingsVisible}></appraise-item>`;
  }

  /** Whoever rates sees it after rating, so that it leads nobody's judgement. @param {any} data */
  #together(data) {
    const toRate = data.allowedActions.includes("RATE") ? this.#unrated(data).length : 0;
    return html`<appraise-together .composite=${data.composite} .toRate=${toRate}></appraise-together>`;
  }

  /** Figures that are read beside the others. @param {any} data */
  #context(data) {
    const items = data.items.filter(isContext);
    if (items.length === 0) return nothing;
    return html`<details class="context">
      <summary>Context: ${items.map((/** @type {any} */ item) => item.indicator.name).join(", ")}</summary>
      <p class="soft small">These figures help to read the others. They weigh nothing and are not rated.</p>
      ${items.map((/** @type {any} */ item) => this.#item(data, item))}
    </details>`;
  }

  /** @param {any} data */
  #head(data) {
    const { person, cycle } = data;
    const reached = STEPS.indexOf(BYWAYS[data.state] ?? data.state);
    const place = [person.job, person.department].filter(Boolean).join(", ");
    return html`<header>
      <p class="overline">Customer-service section · ${cycle.name} · ${period(cycle.start, cycle.end)}</p>
      <h1>${person.name}</h1>
      <p class="lead">${place}${person.managerName ? html`${place ? " · " : ""}reports to ${person.managerName}` : nothing}</p>
      <ol class="steps" aria-label="State">
        ${STEPS.map(
          (state, step) => html`<li class=${step <= reached ? "reached" : ""} aria-current=${step === reached ? "step" : nothing}>
            ${STATES[step === reached ? data.state : state]}
          </li>`,
        )}
      </ol>
    </header>`;
  }

  /** @param {any} data */
  #total(data) {
    const words = data.total === null ? "not yet" : html`${Number(data.total).toLocaleString(navigator.language, { minimumFractionDigits: 2 })} <span>of 5</span>`;
    return html`<section>
      <h2>Total of the ratings</h2>
      ${data.ratingsVisible ? html`<p class="total">${words}</p>` : html`<p class="soft">Shown when the section is shared with you.</p>`}
      <p class="soft small">Indicators with a figure make up ${share(data.observedWeight)} of the weight. Absences weigh nothing.</p>
    </section>`;
  }

  /** @param {any} data */
  #next(data) {
    const actions = /** @type {Deed[]} */ (
      data.allowedActions.flatMap((/** @type {keyof typeof WAYS} */ action) => WAYS[action] ?? action).filter((/** @type {string} */ deed) => deed in DEEDS)
    );
    const missing = data.allowedActions.includes("RATE") ? this.#missing(data) : [];
    if (actions.length === 0 && missing.length === 0) return data.isOwn ? this.#own(data) : nothing;
    return html`<section>
      <h2>${missing.length > 0 ? "Still missing" : "Next"}</h2>
      ${missing.length > 0
        ? html`<ul class="missing">
            ${missing.map(({ item, words }) => html`<li><button class="link" @click=${() => this.#goTo(item)}>${words}</button></li>`)}
          </ul>`
        : nothing}
      <p class="deeds">
        ${actions.map((action) => html`<button class="button ${action === "RETURN" ? "" : "main"}" @click=${() => this.#ask(action)}>${DEEDS[action].button}</button>`)}
      </p>
    </section>`;
  }

  /** @param {any} data */
  #own(data) {
    const answered = data.state === "ACKNOWLEDGED" ? " You have answered." : "";
    const words = data.ratingsVisible ? `${STATES[data.state]}.${answered}` : "This is your own section. You see the figures at once, and your manager’s words when it is shared with you.";
    return html`<section><h2>Your section</h2><p>${words}</p></section>`;
  }

  /** @param {any} data @returns {any[]} items with a figure and without a rating */
  #unrated(data) {
    return data.items.filter(
      (/** @type {any} */ item) =>
        item.result.__typename === "EstimateResult" && !isContext(item) && (this.saving?.draft(item.id) ?? item).rating === null,
    );
  }

  /** @param {any} data @returns {{item: string, words: string}[]} */
  #missing(data) {
    const unrated = this.#unrated(data);
    return data.items.flatMap((/** @type {any} */ item) => {
      const { rating, comment, reason } = this.saving?.draft(item.id) ?? item;
      if (unrated.includes(item)) return [{ item: item.id, words: `${item.indicator.name}: a rating` }];
      if (isContext(item)) return [];
      if (!isSupported(item, rating) && !reason?.trim()) return [{ item: item.id, words: `${item.indicator.name}: a reason for the ${rating}` }];
      if (EXTREMES.has(rating) && !comment?.trim()) return [{ item: item.id, words: `${item.indicator.name}: words beside the ${rating}` }];
      return [];
    });
  }

  /** @param {any} data */
  #origin(data) {
    if (data.submittedAt === null) return nothing;
    return html`<section class="small soft">
      <p>Handed in on ${date(data.submittedAt)}.</p>
      ${data.manifestHash === null ? nothing : html`<p>Evidence frozen as <code title=${data.manifestHash}>${data.manifestHash.slice(0, 12)}</code></p>`}
    </section>`;
  }

  #dialog() {
    const deed = this._deed === null ? null : DEEDS[this._deed];
    return html`<dialog aria-labelledby="question" @close=${() => { this._deed = null; this._problem = ""; }}>
      ${deed === null
        ? nothing
        : html`<form @submit=${(/** @type {SubmitEvent} */ event) => this.#do(event)}>
            <h2 id="question">${deed.title}</h2>
            <p>${deed.words}</p>
            ${deed.needsReason ? html`<label for="reason">Your reason</label><textarea id="reason" name="reason" rows="3" required maxlength="2000"></textarea>` : nothing}
            <p role="alert" class="wrong">${this._problem}</p>
            <p class="deeds">
              <button class="button main">${deed.button}</button>
              <button class="button" type="button" @click=${() => this.renderRoot.querySelector("dialog")?.close()}>Not now</button>
            </p>
          </form>`}
    </dialog>`;
  }

  /** @param {string} id */
  #goTo(id) {
    const items = /** @type {NodeListOf<import("./item.js").AppraiseItem>} */ (this.renderRoot.querySelectorAll("appraise-item"));
    [...items].find((element) => element.item.id === id)?.focusForm();
  }

  /** @param {Deed} deed */
  async #ask(deed) {
    const [first] = deed === "SUBMIT" ? this.#missing(this._data) : [];
    if (first !== undefined) {
      this.#goTo(first.item);
      return;
    }
    await this.saving?.flush();
    this._deed = deed;
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  /** @param {SubmitEvent} event */
  async #do(event) {
    event.preventDefault();
    const deed = DEEDS[/** @type {Deed} */ (this._deed)];
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const input = {
      sectionId: this.section,
      expectedVersion: this._data.version,
      idempotencyKey: idempotencyKey(),
      ...("fields" in deed ? deed.fields : {}),
      ...(deed.needsReason ? { reason: String(form.get("reason")) } : {}),
    };
    try {
      const [payload] = Object.values(await /** @type {Client} */ (this.client).send(deed.document, { input }));
      this._problem = payload.userErrors.map((/** @type {any} */ error) => error.message).join(". ");
      if (payload.section === null) {
        if (payload.userErrors.some((/** @type {any} */ error) => error.code === "VERSION_CONFLICT")) this.#load();
        return;
      }
      this.#show(payload.section);
      this.renderRoot.querySelector("dialog")?.close();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._problem = failure(error.code, error.message);
    }
  }

  #waiting() {
    return html`<div class="frame" aria-busy="true">
      <p class="hidden" role="status">Loading</p>
      <p class="overline"><span class="waiting">Customer-service section · 2026</span></p>
      <p class="ghost-head"><span class="waiting">First and last name</span></p>
      <p class="lead"><span class="waiting">Job, department · reports to a manager</span></p>
    </div>`;
  }

  /** @param {RequestFailed} error */
  #failed(error) {
    const isNone = error.code === "NOT_FOUND" || error.code === "BAD_USER_INPUT"; // the latter: no id at all
    return html`<div class="frame failed" role="alert">
      <h1>${isNone ? "Nothing to see here" : "This did not load"}</h1>
      <p class="lead">${failure(isNone ? "NOT_FOUND" : error.code, error.message)}</p>
      ${isNone ? nothing : this.#remedy(error)}
    </div>`;
  }

  /** @param {RequestFailed} error */
  #remedy(error) {
    return error.code === "UNAUTHENTICATED" && this.token === null
      ? html`<p><a href="/sign-in">Sign in again</a></p>`
      : html`<p><button class="button" @click=${() => this.#load()}>Try again</button></p>`;
  }

  static styles = [
    shared,
    pictures,
    css`
      .frame { container: section / inline-size; }
      header { padding-bottom: var(--s6); }
      h1, .ghost-head { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; margin-block: var(--s1) var(--s2); overflow-wrap: anywhere; }
      .lead { font: 400 var(--size-lead) / 1.4 var(--serif); color: var(--ink-soft); }
      .steps { list-style: none; display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); margin-top: var(--s5); font-size: var(--size-small); }
      .steps li { color: var(--ink-soft); border-top: 3px solid var(--rule); padding-top: var(--s1); flex: 1 1 6.5rem; max-width: 11rem; }
      .steps .reached { border-color: var(--accent); }
      .steps [aria-current] { color: var(--ink); font-weight: 700; }
      .columns { display: grid; gap: var(--s5) var(--s7); grid-template-columns: minmax(0, 1fr); }
      .items { min-width: 0; }
      .legend { padding-bottom: var(--s5); }
      .context { border-top: 1px solid var(--rule); padding-block: var(--s4); }
      .context summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
      .context > p { margin-block: var(--s2) var(--s4); }
      aside { border-top: 1px solid var(--ink); }
      aside section { padding-block: var(--s4); border-bottom: 1px solid var(--rule); }
      aside section:last-of-type { border-bottom: 0; }
      aside h2 { font: 600 var(--size-text) / 1.3 var(--sans); margin-bottom: var(--s2); }
      .total { font: 400 2rem / 1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; margin-bottom: var(--s2); min-height: 2.3rem; }
      .total span { font: 400 var(--size-text) / 1 var(--sans); color: var(--ink-soft); }
      .missing { list-style: none; }
      .deeds { display: flex; flex-wrap: wrap; gap: var(--s3); margin-top: var(--s3); }
      code { font-size: 0.95em; }
      dialog { width: min(32rem, calc(100vw - 2rem)); border: 1px solid var(--edge); border-top: 4px solid var(--accent); border-radius: var(--corner); padding: var(--s5); background: var(--sheet); color: var(--ink); }
      dialog::backdrop { background: rgb(12 14 16 / 0.5); }
      dialog h2 { font: 600 var(--size-title) / 1.2 var(--serif); margin-bottom: var(--s3); }
      dialog label { display: block; font-weight: 600; margin-top: var(--s4); }
      dialog textarea { width: 100%; margin-top: var(--s2); }
      .wrong { color: var(--worse); font-weight: 600; }
      .failed { max-width: var(--measure); }
      .failed p { margin-top: var(--s4); }
      @container section (min-width: 58rem) {
        .columns { grid-template-columns: minmax(0, 1fr) 15.5rem; }
        aside { position: sticky; top: var(--s4); align-self: start; }
      }
      @media print { aside { break-inside: avoid; } aside section:has(.missing, .deeds) { display: none; } header { padding-bottom: var(--s4); } }
    `,
  ];
}

customElements.define("appraise-section", AppraiseSection);
