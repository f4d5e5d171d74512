// <appraise-person-requests>: exporting and erasing what is kept of a person, by two people, and legal holds.

import "./ask.js";
import { css, html, nothing } from "lit";
import { ConfirmPersonRequest, ListPersonRequests, ProposePersonRequest, SetLegalHold, WithdrawPersonRequest } from "./hr-operations.js";
import { moment } from "./hr-words.js";
import { t, words } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";

/** @type {Record<string, string>} */
const KINDS = words({ EXPORT: "Export", ERASURE: "Erasure" });
/** @type {Record<string, string>} */
const STATES = words({ PROPOSED: "waits for a second person", DONE: "done", WITHDRAWN: "taken back" });
/** @param {string | null} address */
const byAddress = (address) => ({ reference: { namespace: "email", value: address } });

export class AppraisePersonRequests extends Page {
  static properties = { _known: { state: true }, _asked: { state: true } };

  constructor() {
    super();
    /** @type {{personRequests: any[], legalHolds: any[]} | null} */
    this._known = null;
    /** @type {string | null} what the last change was about */
    this._asked = null;
  }

  async read() {
    this._known = /** @type {any} */ (await this.send(ListPersonRequests));
  }

  /** @param {string} about @param {string} document @param {Record<string, unknown>} input @param {Event} [event] */
  #change(about, document, input, event) {
    const form = /** @type {HTMLFormElement | undefined} */ (event?.target ?? undefined);
    this._asked = about;
    return this.guarded(async () => {
      if ((await this.change(document, input)) === null) return;
      this._asked = null;
      if (form instanceof HTMLFormElement) form.reset();
      await this.read();
    });
  }

  /** An erasure after one more question, as nothing brings back what is gone. @param {any} one */
  #confirm(one) {
    const confirm = () => this.#change(one.id, ConfirmPersonRequest, { requestId: one.id });
    if (one.kind !== "ERASURE") return confirm();
    const ask = /** @type {import("./ask.js").AppraiseAsk} */ (this.renderRoot.querySelector("appraise-ask"));
    const question = { title: t`Erase ${one.employeeName} for good?`, words: t`Names, words and ways in are taken out now. It cannot be undone.`, button: t`Erase for good` };
    return ask.ask(question, async () => {
      await confirm();
      return "";
    });
  }

  render() {
    return html`<div class="title">
        <h1>${t`Data requests`}</h1>
        <p class="lead">${t`What is kept of a person is exported or erased by two HR administrators: one proposes, another confirms. An erasure takes names, words and ways in; figures stay as
        numbers of nobody, and the audit log stays whole. It cannot be undone.`}</p>
      </div>
      ${this.failure} ${this._known === null ? (this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing) : this.#all()}`;
  }

  #all() {
    const { personRequests, legalHolds } = /** @type {{personRequests: any[], legalHolds: any[]}} */ (this._known);
    return html`<section aria-labelledby="requests">
        <h2 id="requests">${t`Requests`}</h2>
        ${personRequests.length === 0 ? html`<p>${t`None.`}</p>` : html`<ul class="rows">${personRequests.map((one) => this.#request(one))}</ul>`}
        <form class="card" @submit=${(/** @type {Event} */ event) => { const { address, kind, reason } = fields(event); this.#change("new", ProposePersonRequest, { employee: byAddress(address), kind, reason }, event); }}>
          <h3>${t`Propose one`}</h3>
          <div class="fields">
            <label><span>${t`Whose data`}</span><input type="email" name="address" required autocomplete="off" /><small>${t`Their e-mail address.`}</small></label>
            <label><span>${t`What`}</span><select name="kind"><option value="EXPORT">${t`Export: all that is kept, as a file`}</option><option value="ERASURE">${t`Erasure: of somebody who has left`}</option></select></label>
          </div>
          <label><span>${t`Who asked for it, and on what grounds`}</span><input name="reason" required maxlength="500" autocomplete="off" /></label>
          ${this._asked === "new" ? this.refusal : nothing}
          <div class="actions"><button class="button main">${t`Propose it`}</button></div>
        </form>
      </section>
      <section aria-labelledby="holds">
        <h2 id="holds">${t`Legal holds`}</h2>
        ${legalHolds.length === 0 ? html`<p>${t`None.`}</p>` : html`<ul class="rows">${legalHolds.map((one) => this.#hold(one))}</ul>`}
        <form class="card" @submit=${(/** @type {Event} */ event) => { const { address, reason } = fields(event); this.#change("hold", SetLegalHold, { employee: byAddress(address), reason }, event); }}>
          <h3>${t`Forbid an erasure`}</h3>
          <div class="fields">
            <label><span>${t`Whose data are kept`}</span><input type="email" name="address" required autocomplete="off" /><small>${t`Their e-mail address.`}</small></label>
            <label><span>${t`Why they are kept`}</span><input name="reason" required maxlength="500" autocomplete="off" /></label>
          </div>
          ${this._asked === "hold" ? this.refusal : nothing}
          <div class="actions"><button class="button">${t`Set the hold`}</button></div>
        </form>
      </section>
      <appraise-ask></appraise-ask>`;
  }

  /** @param {any} one */
  #request(one) {
    const by = one.decidedByName === null ? nothing : html` ${t`by ${one.decidedByName} on ${moment(one.decidedAt)}`}`;
    return html`<li>
      <span><span class="name">${one.employeeName}</span><br /><span class="soft small">${one.reason}</span></span>
      <span>${KINDS[one.kind] ?? one.kind}: ${STATES[one.state] ?? one.state}${by}<br /><span class="soft small">${t`proposed by ${one.proposedByName}, ${moment(one.proposedAt)}`}</span></span>
      <span class="actions">
        ${one.canBeConfirmed ? html`<button class="button main" aria-label=${one.kind === "ERASURE" ? t`Erase ${one.employeeName} for good` : t`Confirm the export of ${one.employeeName}`} @click=${() => this.#confirm(one)}>${one.kind === "ERASURE" ? t`Erase for good` : t`Confirm`}</button>` : nothing}
        ${one.state === "PROPOSED" ? html`<button class="link" aria-label=${t`Take back: ${one.employeeName}`} @click=${() => this.#change(one.id, WithdrawPersonRequest, { requestId: one.id })}>${t`Take back`}</button>` : nothing}
        ${one.file === null ? nothing : html`<a href=${one.file} download>${t`Save the file`}</a>`}
      </span>
      ${this._asked === one.id ? html`<span class="wide">${this.refusal}</span>` : nothing}
    </li>`;
  }

  /** @param {any} one */
  #hold(one) {
    return html`<li>
      <span class="name">${one.employeeName}</span>
      <span>${one.reason}<br /><span class="soft small">${t`since ${moment(one.setAt)}`}</span></span>
      <span class="actions"><button class="link" aria-label=${t`Lift the hold on ${one.employeeName}`} @click=${() => this.#change("hold", SetLegalHold, { employee: { id: one.employeeId }, reason: null })}>${t`Lift it`}</button></span>
    </li>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      @media (min-width: 48rem) { .rows > li { grid-template-columns: 2fr 3fr auto; } }
    `,
  ];
}

customElements.define("appraise-person-requests", AppraisePersonRequests);
