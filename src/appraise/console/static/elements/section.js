// <appraise-section section="…">: one employee's customer-service section in one cycle, wherever it is embedded.
// Attributes: `section` (its id), `endpoint` (where the GraphQL API is). Property: `token` (a bearer token, kept in
// memory; our own pages need none). Event: `unsaved`, whether words are on their way to be stored.

import { html, nothing } from "lit";
import "./ask.js";
import { problems } from "./ask.js";
import { Client, RequestFailed, idempotencyKey, isElsewhere } from "./client.js";
import { standing } from "./corrections.js";
import { deeds, deedsOf } from "./deeds.js";
import { saveFile } from "./download.js";
import "./evidence.js";
import { failed } from "./failed.js";
import "./item.js";
import { Spoken, number, t } from "./language.js";
import { inputOf, questionOf } from "./objections.js";
import { AnnotateCorrection, DecideDispute, FileDispute, ReadSection, WithdrawDispute } from "./operations.js";
import { legend } from "./picture.js";
import { isRatable, missing, stuck } from "./drafts.js";
import { Saving } from "./saving.js";
import { earlier, origin, parts, standIns, unreviewed } from "./section-hands.js";
import { layout } from "./section-layout.js";
import { missingList } from "./section-missing.js";
import { pictures, shared } from "./styles.js";
import "./together.js";
import { BYWAYS, STANCES, STATES, STEPS, date, failure, isContext, isSupported, period, shares, until } from "./words.js";

const RETRY = 5000;
const HANDED_IN = ["SUBMITTED", "IN_CALIBRATION", "CALIBRATED", "SHARED", "DISPUTED", "ACKNOWLEDGED", "FINALISED"];

export class AppraiseSection extends Spoken {
  static properties = {
    section: {},
    endpoint: {},
    token: { attribute: false },
    frame: { attribute: false },
    _data: { state: true },
    _failure: { state: true },
    _unprinted: { state: true },
    _stamp: { state: true },
    _isOpen: { state: true },
  };

  constructor() {
    super();
    this.section = "";
    this.endpoint = "/graphql";
    /** @type {string | null} */
    this.token = null;
    /** @type {string | null} origin of the page in whose frame this stands */
    this.frame = null;
    /** @type {any} */
    this._data = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
    /** @type {RequestFailed | null} */
    this._unprinted = null;
    this._stamp = 0;
    this._isOpen = false;
    /** @type {Saving | null} */
    this.saving = null;
    this._retry = 0;
    /** Figures of the cycle before, by item; what a change answers with has none. @type {Map<string, any>} */
    this._earlier = new Map();
    this._guard = (/** @type {BeforeUnloadEvent} */ event) => this.saving?.isPending && event.preventDefault();
    this._hidden = () => document.hidden && this.saving?.flush(); // on a telephone nobody may come back
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("beforeunload", this._guard);
    document.addEventListener("visibilitychange", this._hidden);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("beforeunload", this._guard);
    document.removeEventListener("visibilitychange", this._hidden);
    this.saving?.flush();
    window.clearTimeout(this._retry);
  }

  languageChanged() {
    super.languageChanged();
    if (this.client) this.#load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const isOther = changed.has("section") || changed.has("endpoint");
    if (!isOther && !changed.has("token")) return;
    if (!this.token && (this.frame !== null || isElsewhere(this.endpoint))) return; // the host has yet to bring one
    if (this.client && !isOther) {
      this.client.token = this.token; // a new one for the old: what is being written stays
      if (this._failure !== null) this.#load();
      return;
    }
    this.client = new Client(this.endpoint, this.token, this.frame);
    this.saving?.flush();
    this._data = null;
    const saving = new Saving(this.client, this.section, (section) => saving === this.saving && this.#stored(section), () => this.#load());
    this.saving = saving;
    this.#load();
  }

  async #load() {
    try {
      const client = /** @type {Client} */ (this.client);
      const { section } = await client.send(ReadSection, { id: this.section });
      if (client !== this.client) return;
      this._failure = null;
      this._earlier = new Map(section.items.map((/** @type {any} */ item) => [item.id, item.earlier]));
      this.#show(section);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
      if (error.code === "OFFLINE" || error.code === "UNAVAILABLE") {
        this._retry = window.setTimeout(() => this.#load(), RETRY);
      }
    }
  }

  /** An answer that was overtaken by a newer one is not shown. @param {any} section */
  #show(section) {
    if (this._data !== null && section.version < this._data.version) return;
    this._data = section;
    this.saving?.begin(section);
    if (this.closest("main")) document.title = `${section.person.name} · ${section.cycle.name} · Appraise`;
  }

  /** @param {any | null} section null where only the state of saving changed */
  #stored(section) {
    if (section !== null) this.#show(section);
    this._stamp += 1;
    this.dispatchEvent(new CustomEvent("unsaved", { detail: this.saving?.isPending ?? false }));
  }

  render() {
    if (this._data === null) return this._failure === null ? this.#waiting() : this.#failed(this._failure);
    const data = this._data;
    return html`<div class="frame" @objection=${(/** @type {CustomEvent} */ event) => this.#object(event.detail)}>
      ${this.#head(data)}
      ${this._unprinted === null ? nothing : failed(this._unprinted, this.token, () => this.#print(data))}
      <div class="columns">
        <div class="items">
          <appraise-corrections .corrections=${data.corrections} .items=${data.items}
            .mayDecide=${data.allowedActions.includes("PROPOSE_REOPENING")}
            @annotate=${(/** @type {CustomEvent} */ event) => this.#annotate(event.detail)}></appraise-corrections>
          ${data.items.some((/** @type {any} */ item) => item.result.__typename === "EstimateResult") ? legend([...this._earlier.values()].find(Boolean)?.cycleName) : nothing}
          ${data.allowedActions.includes("RATE") && !data.items.some(isRatable) ? html`<p class="notice">${t`No indicator has a figure, so there is nothing to rate. Write beside them what you want to say, or hand the section in as it is.`}</p>` : nothing}
          ${data.items.filter((/** @type {any} */ item) => !isContext(item)).map((/** @type {any} */ item) => this.#item(data, item))}
          ${this.#together(data)} ${this.#context(data)} ${this.#evidence(data)} ${earlier(data, this.client)}
        </div>
        <aside aria-label=${t`This section`}>${this.#total(data)} ${this.#next(data)} ${this.#ownView(data)} ${this.#answer(data)} ${parts(data)} ${origin(data, this.token === null ? () => this.#print(data) : null)}</aside>
      </div>
      <appraise-ask></appraise-ask>
    </div>`;
  }

  /** @param {any} data @param {any} item */
  #item(data, item) {
    return html`<appraise-item .item=${item} .earlier=${this._earlier.get(item.id) ?? null} .client=${this.client} .section=${this.section} .saving=${this.saving} .stamp=${this._stamp}
      .isEditable=${data.allowedActions.includes("RATE")} .areRatingsVisible=${data.ratingsVisible}
      .isAssessable=${data.allowedActions.includes("ASSESS_SELF") && !isContext(item)} .isOwn=${data.isOwn} .isHandedIn=${HANDED_IN.includes(data.state)} .isByLevel=${data.handedIn?.ratedByLevel.includes(item.indicator.name) ?? false} .actions=${data.allowedActions}
      .disputes=${data.disputes.filter((/** @type {any} */ one) => one.itemId === item.id)}
      .moves=${data.calibrationMoves.filter((/** @type {any} */ one) => one.itemId === item.id)}></appraise-item>`;
  }

  /** Whoever rates sees it after rating, so that it leads nobody's judgement. @param {any} data */
  #together(data) {
    const toRate = data.allowedActions.includes("RATE") ? this.#lacking("SUBMIT").filter(({ lacks }) => lacks === "RATING").length : 0;
    return html`<appraise-together .composite=${data.composite} .toRate=${toRate}></appraise-together>`;
  }

  /** Figures that are read beside the others. @param {any} data */
  #context(data) {
    const items = data.items.filter(isContext);
    if (items.length === 0) return nothing;
    return html`<details class="context">
      <summary>${t`Context: ${items.map((/** @type {any} */ item) => item.indicator.name).join(", ")}`}</summary>
      <p class="soft small">${t`These figures help to read the others. They weigh nothing and are not rated.`}</p>
      ${items.map((/** @type {any} */ item) => this.#item(data, item))}
    </details>`;
  }

  /** Looked up when it is opened. @param {any} data */
  #evidence(data) {
    return html`<details class="context" @toggle=${(/** @type {any} */ event) => { this._isOpen ||= event.target.open; }}>
      <summary>${data.isOwn ? t`Every event about you` : t`Every event about ${data.person.name}`}</summary>
      ${this._isOpen
        ? html`<appraise-evidence .client=${this.client} .section=${this.section} .items=${data.items}
            .mayClaim=${data.allowedActions.includes("CLAIM")}></appraise-evidence>`
        : nothing}
    </details>`;
  }

  /** @param {any} data */
  #head(data) {
    const { person, cycle } = data;
    const reached = STEPS.indexOf(BYWAYS[data.state] ?? data.state);
    const place = [person.job, person.department, person.profile].filter(Boolean).join(", ");
    return html`<header>
      <p class="overline">${this.token === null ? nothing : "Appraise · "}${t`Customer-service section · ${cycle.name} · ${period(cycle.start, cycle.end)}`}</p>
      <h1 tabindex="-1">${person.name}</h1>
      <p class="lead">${place}${person.managerName ? html`${place ? " · " : ""}${t`reports to ${person.managerName}`}` : nothing}</p>
      ${standIns(data)} ${unreviewed(data)}
      <ol class="steps" aria-label=${t`State`}>
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
    const isUnder = Number(data.observedWeight) < Number(data.minimumObservedWeight);
    const [observed, needed] = shares(data.observedWeight, data.minimumObservedWeight);
    const words = data.total === null ? (isUnder ? t`no total` : t`not yet`) : html`${number(Number(data.total), { minimumFractionDigits: 2 })} <span>${t`of 5`}</span>`;
    return html`<section>
      <h2>${t`Total of the ratings`}</h2>
      ${data.ratingsVisible ? html`<p class="total">${words}</p>` : html`<p class="soft">${t`Shown when the section is shared with you.`}</p>`}
      ${data.hostTotal === null ? nothing : html`<p class="small">${t`Written to the HR system as ${Number(data.hostTotal.value)} of ${Number(data.hostTotal.lowest)} to ${Number(data.hostTotal.highest)}.`}</p>`}
      <p class="soft small">${t`Indicators with a figure make up ${observed} of the weight. Absences weigh nothing.`} ${isUnder ? t`A total needs ${needed}.` : nothing}</p>
    </section>`;
  }

  /** @param {any} data */
  #next(data) {
    const actions = deedsOf(data.allowedActions).filter((name) => name !== "HAND_IN_SELF");
    const found = this.#lacking(data.allowedActions.includes("RATE") ? "SUBMIT" : "");
    if (actions.length === 0 && (found.length === 0 || data.isOwn)) return data.isOwn ? this.#own(data) : nothing;
    return html`<section>
      <h2>${found.length > 0 ? t`Still missing` : t`Next`}</h2>
      ${this.#due(data)}
      ${found.length > 0 ? missingList(found, (item) => this.#goTo(item)) : nothing}
      <p class="deeds">
        ${actions.map((action) => html`<button class="button ${deeds()[action].isQuiet ? "" : "main"}" @click=${() => this.#ask(action)}>${deeds()[action].button}</button>`)}
      </p>
    </section>`;
  }

  /** Why it came back, what is proposed, and until when an answer counts. @param {any} data */
  #due(data) {
    const told = [];
    if (data.returnReason !== null) told.push(html`<p>${t`Given back: ${data.returnReason}`}</p>`);
    if (data.reopening !== null) told.push(html`<p>${t`Opening it again is proposed: ${data.reopening.note}`}</p>`);
    if (data.respondBy !== null && data.allowedActions.includes("ACKNOWLEDGE")) {
      const { words, isLate } = until(data.respondBy, new Date());
      told.push(html`<p class=${isLate ? "wrong" : ""}>${t`Answer or dispute by ${date(`${data.respondBy}T00:00:00Z`)}, ${words}.`}</p>`);
    }
    return told;
  }

  /** @param {any} data */
  #own(data) {
    const answered = data.state === "ACKNOWLEDGED" ? ` ${t`You have answered.`}` : "";
    const words = data.ratingsVisible ? `${STATES[data.state]}.${answered}` : t`This is your own section. You see the figures at once, and your manager’s words when it is shared with you.`;
    return html`<section><h2>${t`Your section`}</h2><p>${words}</p></section>`;
  }

  /** What the employee thinks of themselves, and who sees it when. @param {any} data */
  #ownView(data) {
    if (data.allowedActions.includes("ASSESS_SELF")) {
      return html`<section><h2>${t`Your own view`}</h2>
        <p class="small">${t`If you want to: rate yourself and write beside the items. Nobody else sees it before your manager has handed in too.`}</p>
        ${missingList(this.#lacking("HAND_IN_SELF"), (item) => this.#goTo(item))}
        <p class="deeds"><button class="button" @click=${() => this.#ask("HAND_IN_SELF")}>${deeds().HAND_IN_SELF.button}</button></p></section>`;
    }
    if (data.selfAssessedAt === null) return nothing;
    const whose = data.isOwn ? t`Your own view` : t`The employee’s own view`;
    const shown = data.isOwn ? t`Your manager reads it once both are in.` : t`It opens when your ratings are handed in too, so that neither leads the other.`;
    return html`<section><h2>${whose}</h2>
      <p class="small">${t`Handed in on ${date(data.selfAssessedAt)}.`} ${data.isOwn || !data.selfAssessmentVisible ? shown : t`It stands beside the ratings.`}</p></section>`;
  }

  /** @param {any} data */
  #answer(data) {
    if (data.acknowledgement === null) return nothing;
    const { stance, comment } = data.acknowledgement;
    return html`<section><h2>${t`The employee’s answer`}</h2><p>${STANCES[stance]}.</p>
      ${comment === null ? nothing : html`<blockquote>${comment}</blockquote>`}</section>`;
  }

  /** What stands in the way of a deed. @param {string} name @returns {import("./drafts.js").Lack[]} */
  #lacking(name) {
    const { items } = this._data;
    const drafts = /** @type {Saving} */ (this.saving).drafts;
    return name === "SUBMIT" ? missing(items, drafts, isSupported) : stuck(items, drafts);
  }

  /** @param {any} data */
  async #print(data) {
    const client = /** @type {Client} */ (this.client);
    try {
      saveFile(`${data.person.name} ${data.cycle.name}.pdf`, await client.file(`/sections/${encodeURIComponent(this.section)}/pdf`));
      this._unprinted = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._unprinted = error;
    }
  }

  /** @param {string} id */
  #goTo(id) {
    const items = /** @type {NodeListOf<import("./item.js").AppraiseItem>} */ (this.renderRoot.querySelectorAll("appraise-item"));
    [...items].find((element) => element.item.id === id)?.focusForm();
  }

  /** @param {string} name of the deed */
  async #ask(name) {
    await this.saving?.flush();
    const [first] = this.#lacking(name);
    if (first !== undefined) {
      this.#goTo(first.item.id);
      return;
    }
    const deed = deeds()[name];
    this.#dialog.ask(deed, (values) => this.#change(deed.document, { ...deed.sent, ...filled(values) }));
  }

  /** @param {{what: import("./objections.js").Wish, item: any, dispute: any, event?: string}} wish */
  #object({ what, item, dispute, event }) {
    const document = { DISPUTE: FileDispute, CLAIM: FileDispute, WITHDRAW: WithdrawDispute, DECIDE: DecideDispute }[what];
    this.#dialog.ask(questionOf(what, item, dispute, event), (values) => this.#change(document, inputOf(what, item, dispute, values)));
  }

  /** @param {string} correctionId */
  #annotate(correctionId) {
    this.#dialog.ask(standing(), async ({ note }) => {
      const { annotateCorrection } = await /** @type {Client} */ (this.client).send(AnnotateCorrection, { input: { correctionId, note } });
      if (annotateCorrection.correction !== null) await this.#load();
      return problems(annotateCorrection);
    });
  }

  get #dialog() {
    return /** @type {import("./ask.js").AppraiseAsk} */ (this.renderRoot.querySelector("appraise-ask"));
  }

  /** @param {string} document @param {Record<string, unknown>} fields */
  async #change(document, fields) {
    const input = { sectionId: this.section, expectedVersion: this._data.version, idempotencyKey: idempotencyKey(), ...fields };
    const [payload] = Object.values(await /** @type {Client} */ (this.client).send(document, { input }));
    if (payload.section !== null) {
      this.#show(payload.section);
      this.#keepFocus();
    } else if (payload.userErrors.some((/** @type {any} */ error) => error.code === "VERSION_CONFLICT")) this.#load();
    return problems(payload);
  }

  /** The button that was pressed may be gone: then the reader goes on from the section's head. */
  async #keepFocus() {
    await this.updateComplete;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body || document.activeElement === null) this.renderRoot.querySelector("h1")?.focus();
    });
  }

  #waiting() {
    return html`<div class="frame" aria-busy="true">
      <p class="hidden" role="status">${t`Loading`}</p>
      <p class="overline"><span class="waiting">${t`Customer-service section · 2026`}</span></p>
      <p class="ghost-head"><span class="waiting">${t`First and last name`}</span></p>
      <p class="lead"><span class="waiting">${t`Job, department · reports to a manager`}</span></p>
    </div>`;
  }

  /** @param {RequestFailed} error */
  #failed(error) {
    const isNone = error.code === "NOT_FOUND" || error.code === "BAD_USER_INPUT"; // the latter: no id at all
    return html`<div class="frame failed" role="alert">
      <h1>${isNone ? t`Nothing to see here` : t`This did not load`}</h1>
      <p class="lead">${failure(isNone ? "NOT_FOUND" : error.code, error.message)}</p>
      ${isNone ? nothing : this.#remedy(error)}
    </div>`;
  }

  /** @param {RequestFailed} error */
  #remedy(error) {
    return error.code === "UNAUTHENTICATED" && this.token === null
      ? html`<p><a href="/sign-in">${t`Sign in again`}</a></p>`
      : html`<p><button class="button" @click=${() => this.#load()}>${t`Try again`}</button></p>`;
  }

  static styles = [
    shared,
    pictures,
    layout,
  ];
}

/** Fields that were left empty are not sent. @param {Record<string, string>} values */
const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));

customElements.define("appraise-section", AppraiseSection);
