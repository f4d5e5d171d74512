// <appraise-disputes>: disputes and claims that wait for the reader's decision, each beside its evidence.

import { css, html, nothing } from "lit";
import "./ask.js";
import { problems } from "./ask.js";
import { idempotencyKey } from "./client.js";
import "./item.js";
import { plural, t } from "./language.js";
import { inputOf, questionOf } from "./objections.js";
import { DecideDispute, ReadSection, ReadTasks } from "./operations.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { date, until } from "./words.js";

const KINDS = new Set(["DECIDE_DISPUTE", "DECIDE_CLAIM"]);

/** @typedef {import("./tasks.js").Task} Task */

export class AppraiseDisputes extends Page {
  static properties = {
    _tasks: { state: true },
    _chosen: { state: true },
    _section: { state: true },
    _said: { state: true },
  };

  constructor() {
    super();
    /** @type {Task[] | null} */
    this._tasks = null;
    this._chosen = new URLSearchParams(location.search).get("section") ?? "";
    /** @type {any} */
    this._section = null;
    this._said = "";
  }

  async read() {
    await this.#list();
    const chosen = this._tasks?.some((task) => task.sectionId === this._chosen) ? this._chosen : (this._tasks?.[0]?.sectionId ?? "");
    if (chosen) await this.#open(chosen);
  }

  async #list() {
    const { viewer } = await this.send(ReadTasks);
    const seen = new Set();
    this._tasks = viewer.tasks.filter((/** @type {Task} */ task) => KINDS.has(task.kind) && !seen.has(task.sectionId) && seen.add(task.sectionId));
  }

  /** @param {string} id */
  async #open(id) {
    this._chosen = id;
    history.replaceState(null, "", `?section=${encodeURIComponent(id)}`);
    const { section } = await this.send(ReadSection, { id });
    if (this._chosen === id) this._section = section;
  }

  /** @param {{what: import("./objections.js").Wish, item: any, dispute: any}} wish */
  #decide({ what, item, dispute }) {
    if (what !== "DECIDE") return;
    const ask = /** @type {import("./ask.js").AppraiseAsk} */ (this.renderRoot.querySelector("appraise-ask"));
    ask.ask(questionOf(what, item, dispute), async (values) => {
      const { id, version } = this._section;
      const input = { sectionId: id, expectedVersion: version, idempotencyKey: idempotencyKey(), ...inputOf(what, item, dispute, values) };
      const { decideDispute } = await this.send(DecideDispute, { input });
      if (decideDispute.section === null) return problems(decideDispute);
      this._section = decideDispute.section;
      this._said = t`Decided. The employee reads your reason.`;
      await this.#list();
      this.renderRoot.querySelector("h2")?.focus();
      return "";
    });
  }

  render() {
    return html`<h1>${t`Disputes and claims`}</h1>
      ${this.failure} ${this.#results()}
      <appraise-ask></appraise-ask>`;
  }

  #results() {
    if (this._tasks === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    if (this._tasks.length === 0 && this._section === null) {
      return html`<p class="empty" role="status">${t`No dispute and no claim waits for you. Whoever rated somebody does not decide about it.`}</p>`;
    }
    return html`<div class="columns">
      <nav aria-label=${t`What waits, by its last day`}>
        <p class="small soft">${plural(this._tasks.length, "1 waits, the most urgent first.", "{n} wait, the most urgent first.")}</p>
        <ul>
          ${this._tasks.map((task) => html`<li>${this.#waiting(task)}</li>`)}
        </ul>
      </nav>
      ${this._section === null ? nothing : this.#detail(this._section)}
    </div>`;
  }

  /** @param {Task} task */
  #waiting(task) {
    const left = task.due === null ? null : until(task.due, new Date());
    return html`<button class="choice" aria-current=${task.sectionId === this._chosen ? "true" : nothing}
      @click=${() => this.guarded(() => { this._said = ""; return this.#open(task.sectionId); })}>
      <b>${task.employeeName}</b>
      <span class="small soft">${task.cycleName} · ${task.kind === "DECIDE_CLAIM" ? t`claim about evidence` : t`dispute of a rating`}</span>
      ${left === null || task.due === null ? nothing : html`<span class="small ${left.isLate ? "late" : ""}">${t`by ${date(`${task.due}T00:00:00Z`)}, ${left.words}`}</span>`}
    </button>`;
  }

  /** @param {any} section */
  #detail(section) {
    const about = new Set(section.disputes.map((/** @type {any} */ one) => one.itemId));
    const { person, cycle } = section;
    return html`<article @objection=${(/** @type {CustomEvent} */ event) => this.#decide(event.detail)}>
      <h2 tabindex="-1">${person.name}</h2>
      <p class="soft">${[person.job, person.department].filter(Boolean).join(", ")} · ${cycle.name} · <a href="/sections/${section.id}">${t`the whole section`}</a></p>
      <p role="status" class="said">${this._said}</p>
      ${section.items
        .filter((/** @type {any} */ item) => about.has(item.id))
        .map((/** @type {any} */ item) => html`<appraise-item .item=${item} .client=${this.client} .section=${section.id}
          .areRatingsVisible=${section.ratingsVisible} .isOwn=${section.isOwn} .actions=${section.allowedActions}
          .disputes=${section.disputes.filter((/** @type {any} */ one) => one.itemId === item.id)}
          .moves=${section.calibrationMoves.filter((/** @type {any} */ one) => one.itemId === item.id)}></appraise-item>`)}
    </article>`;
  }

  static styles = [
    shared,
    css`
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; padding-bottom: var(--s5); }
      h2 { font: 500 var(--size-title) / 1.3 var(--serif); }
      .empty { padding-block: var(--s6); font: 400 var(--size-lead) / 1.5 var(--serif); border-top: 1px solid var(--ink); }
      .columns { display: grid; gap: var(--s5) var(--s7); grid-template-columns: minmax(0, 1fr); }
      ul { list-style: none; border-top: 1px solid var(--ink); margin-top: var(--s2); }
      li { border-bottom: 1px solid var(--rule); }
      .choice { width: 100%; display: grid; text-align: start; background: none; border: 0; border-inline-start: 4px solid transparent; padding: var(--s2) var(--s3); }
      .choice:hover { background: var(--wash); }
      .choice[aria-current] { border-color: var(--accent); background: var(--wash); }
      .choice b { font: 500 1.1875rem / 1.35 var(--serif); overflow-wrap: anywhere; }
      .late { color: var(--worse); font-weight: 600; }
      .said { min-height: 1.5em; font-weight: 600; }
      @media (min-width: 58rem) { .columns { grid-template-columns: 17rem minmax(0, 1fr); } }
      @media print { nav { display: none; } }
    `,
  ];
}

customElements.define("appraise-disputes", AppraiseDisputes);
