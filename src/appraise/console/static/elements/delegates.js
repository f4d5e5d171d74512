// <appraise-delegates>: who stands in for the reader and for whom they stand in, and room to name somebody.

import { css, html, nothing } from "lit";
import { t } from "./language.js";
import { EndDelegation, NameDelegate, ReadDelegations } from "./operations.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";
import { date } from "./words.js";

/** @typedef {{id: string, managerName: string, delegateName: string, firstDay: string, lastDay: string, maySubmit: boolean, reason: string | null, isLive: boolean, isVoid: boolean, isOwn: boolean, canBeEnded: boolean}} Delegation */

/** @param {string} day */
const on = (day) => date(`${day}T00:00:00Z`);
/** @param {string} address */
const byAddress = (address) => ({ reference: { namespace: "email", value: address } });

export class AppraiseDelegates extends Page {
  static properties = { _viewer: { state: true }, _isAsked: { state: true } };

  constructor() {
    super();
    /** @type {{roles: string[], canNameDelegates: boolean, delegations: Delegation[]} | null} */
    this._viewer = null;
    this._isAsked = false;
  }

  async read() {
    this._viewer = (await this.send(ReadDelegations)).viewer;
  }

  /** @param {string} document @param {Record<string, unknown>} input */
  #change(document, input) {
    return this.guarded(async () => {
      if ((await this.change(document, input)) === null) return;
      this._isAsked = false;
      await this.read();
    });
  }

  /** @param {Event} event */
  #name(event) {
    const { delegate, manager, firstDay, lastDay, maySubmit, reason } = fields(event);
    const whose = manager ? { manager: byAddress(manager) } : {};
    this.#change(NameDelegate, { delegate: byAddress(delegate ?? ""), firstDay, lastDay, maySubmit: maySubmit === "yes", reason, ...whose });
  }

  render() {
    if (this._viewer === null) return this.failure;
    const { delegations, canNameDelegates } = this._viewer;
    if (delegations.length === 0 && !canNameDelegates) return nothing;
    return html`<section aria-labelledby="delegates">
      <h2 id="delegates">${t`Standing in`}</h2>
      ${this.failure}
      ${delegations.length === 0 ? html`<p class="soft">${t`Nobody stands in for you.`}</p>` : html`<ul class="rows">${delegations.map((one) => this.#row(one))}</ul>`}
      ${canNameDelegates ? this.#form() : nothing}
    </section>`;
  }

  /** @param {Delegation} one */
  #row(one) {
    const when = one.isLive || one.isVoid ? t`until ${on(one.lastDay)}` : t`from ${on(one.firstDay)} to ${on(one.lastDay)}`;
    return html`<li>
      <span>${one.isOwn
        ? t`You stand in for ${html`<b>${one.managerName}</b>`} ${when}.`
        : t`${html`<b>${one.delegateName}</b>`} stands in for ${html`<b>${one.managerName}</b>`} ${when}.`}</span>
      <span class="soft small">${one.isOwn ? (one.maySubmit ? t`You rate and hand in.` : t`You rate; handing in is theirs.`) : one.maySubmit ? t`${one.delegateName} rates and hands in.` : t`${one.delegateName} rates, and hands nothing in.`}
        ${one.reason === null ? nothing : html`<br />${t`Named by HR: ${one.reason}`}`}
        ${one.isVoid ? html`<br /><b>${t`Void:`}</b> ${t`they would rate somebody above them.`}` : nothing}</span>
      ${one.canBeEnded
        ? html`<span class="actions"><button class="link" aria-label=${t`End: ${one.delegateName} for ${one.managerName}`} @click=${() => this.#change(EndDelegation, { delegationId: one.id })}>${t`End it`}</button></span>`
        : nothing}
    </li>`;
  }

  #form() {
    const isHr = this._viewer?.roles.includes("HR_ADMINISTRATOR");
    const today = new Intl.DateTimeFormat("sv").format(); // as the field has it, where the reader is
    if (!this._isAsked) return html`<div class="actions"><button class="button" @click=${() => (this._isAsked = true)}>${t`Name somebody who stands in …`}</button>${this.refusal}</div>`;
    return html`<form class="card" @submit=${this.#name}>
      <p>${t`Whoever stands in reads and rates the sections of those who report to the manager, never their own. What they do is kept as done for the manager. It ends by itself.`}</p>
      <div class="fields">
        <label><span>${t`Who stands in`}</span><input type="email" name="delegate" required autocomplete="off" /><small>${t`Their e-mail address.`}</small></label>
        ${isHr ? html`<label><span>${t`For whom`}</span><input type="email" name="manager" autocomplete="off" /><small>${t`The absent manager’s e-mail address; empty for yourself.`}</small></label>` : nothing}
        <label><span>${t`First day`}</span><input type="date" name="firstDay" required .value=${today} /></label>
        <label><span>${t`Last day`}</span><input type="date" name="lastDay" required min=${today} /></label>
      </div>
      ${isHr ? html`<label><span>${t`Why HR names them`}</span><input name="reason" maxlength="500" autocomplete="off" /><small>${t`The manager reads it. Not needed for yourself.`}</small></label>` : nothing}
      <label class="check"><input type="checkbox" name="maySubmit" value="yes" /><span>${t`They hand in as well.`} <span class="soft">${t`Without this they prepare, and the manager hands in.`}</span></span></label>
      ${this.refusal}
      <div class="actions"><button class="button main">${t`Name them`}</button><button class="button" type="button" @click=${() => { this._isAsked = false; this._refusal = null; }}>${t`Leave it`}</button></div>
    </form>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      section { margin-top: var(--s5); }
      @media (min-width: 48rem) { .rows > li { grid-template-columns: 3fr 2fr auto; } }
    `,
  ];
}

customElements.define("appraise-delegates", AppraiseDelegates);
