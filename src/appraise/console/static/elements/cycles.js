// <appraise-cycles>: every cycle with its stage, and room to announce a new one.

import { css, html, nothing } from "lit";
import { ruleFields, rulesOf } from "./cycle-rules.js";
import { ListCycles, PlanCycle } from "./hr-operations.js";
import { STAGES, moved } from "./hr-words.js";
import { plural, t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";
import { period } from "./words.js";

const OVER = ["FINALISED", "EXEMPT", "VOID"];

export class AppraiseCycles extends Page {
  static properties = { _found: { state: true } };

  constructor() {
    super();
    /** @type {any} */
    this._found = null;
  }

  async read() {
    this._found = await this.send(ListCycles);
  }

  /** @param {Event} event */
  #plan(event) {
    const written = fields(event);
    return this.guarded(async () => {
      const input = { name: written.name, start: written.start, end: moved(String(written.last), 1), rules: rulesOf(written) };
      const made = await this.change(PlanCycle, input);
      if (made !== null) location.assign(`/cycles/${made.cycle.id}`);
    });
  }

  render() {
    return html`<div class="title"><h1>${t`Cycles`}</h1></div>
      ${this.failure} ${this.#list()}`;
  }

  #list() {
    if (this._found === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    const { cycles, viewer } = this._found;
    return html`${cycles.length === 0
        ? html`<p class="empty">${t`There is no cycle yet.`}</p>`
        : html`<ul class="rows">
            ${cycles.map((/** @type {any} */ cycle) => this.#cycle(cycle))}
          </ul>`}
      ${viewer.permissions.includes("MANAGE_CYCLES") ? this.#form(cycles.length === 0) : nothing}`;
  }

  /** @param {any} cycle */
  #cycle(cycle) {
    const counts = cycle.sectionCounts ?? [];
    const all = counts.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.count, 0);
    const over = counts.filter((/** @type {any} */ one) => OVER.includes(one.state)).reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.count, 0);
    return html`<li>
      <a class="name" href="/cycles/${cycle.id}">${cycle.name}</a>
      <span>${period(cycle.start, cycle.end)}</span>
      <span><span class="chip ${cycle.state === "ARCHIVED" || cycle.state === "CANCELLED" ? "" : "now"}">${STAGES[cycle.state][0]}</span></span>
      <span class="soft">${all === 0 ? t`no sections yet` : plural(all, "{0} of {n} section final or exempt", "{0} of {n} sections final or exempt", over)}</span>
    </li>`;
  }

  /** @param {boolean} isFirst */
  #form(isFirst) {
    return html`<details class="new" ?open=${isFirst}>
      <summary>${t`Announce a new cycle`}</summary>
      <form class="card" @submit=${this.#plan}>
        ${this.refusal}
        <div class="fields">
          <label><span>${t`Name`}</span><input name="name" required maxlength="200" autocomplete="off" /><small>${t`One that people will recognise, such as 2026.`}</small></label>
          <label><span>${t`First day`}</span><input type="date" name="start" required /></label>
          <label><span>${t`Last day`}</span><input type="date" name="last" required /><small>${t`Contacts from the first to the last day count.`}</small></label>
        </div>
        ${ruleFields()}
        <p class="soft small">${t`Nothing begins yet: you open the cycle on its own page, and can change the rules until something is shared.`}</p>
        <div class="actions"><button class="button main">${t`Announce it`}</button></div>
      </form>
    </details>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .new { margin-top: var(--s6); }
      .new form { margin-top: var(--s3); }
      @media (min-width: 48rem) { .rows > li { grid-template-columns: 2fr 2fr 1fr 2fr; } }
    `,
  ];
}

customElements.define("appraise-cycles", AppraiseCycles);
