// <appraise-roles>: who was granted which role, and room to grant one and take one away.

import { css, html, nothing } from "lit";
import { actorName } from "./audit-words.js";
import { GrantRole, ListRoles, RevokeRole } from "./hr-operations.js";
import { ROLES, moment } from "./hr-words.js";
import { t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";

/** @typedef {{employeeId: string, employeeName: string, role: string, grantedAt: string, grantedByName: string}} Grant */

const NEW = "new";

export class AppraiseRoles extends Page {
  static properties = { _grants: { state: true }, _asked: { state: true }, _done: { state: true } };

  constructor() {
    super();
    /** @type {Grant[] | null} */
    this._grants = null;
    /** @type {string | null} the viewer's own id */
    this._self = null;
    /** @type {string | null} which grant is asked about, or NEW */
    this._asked = null;
    /** @type {string | null} */
    this._done = null;
  }

  async read() {
    const { viewer, roleGrants } = await this.send(ListRoles);
    this._self = viewer.employee?.id ?? null;
    this._grants = roleGrants;
  }

  /** @param {string} document @param {Record<string, unknown>} input @param {(payload: any) => string} told @param {HTMLFormElement} [form] */
  #change(document, input, told, form) {
    return this.guarded(async () => {
      this._done = null;
      const done = await this.change(document, input);
      if (done === null) return;
      this._asked = null;
      form?.reset();
      await this.read();
      this._done = told(done);
    });
  }

  /** @param {Event} event */
  #grant(event) {
    const { address, role } = fields(event);
    const form = /** @type {HTMLFormElement} */ (event.target);
    this._asked = NEW;
    const employee = { reference: { namespace: "email", value: address } };
    this.#change(GrantRole, { employee, role }, ({ grant }) => t`${grant.employeeName} has the role ${ROLES[grant.role][0]} from the next request on.`, form);
  }

  render() {
    return html`<div class="title">
        <h1>${t`Roles`}</h1>
        <p class="lead">${t`Who may do more than what reporting lines give to everybody. Nobody grants themselves a role or takes their own away; being a manager is not granted, the HR system’s
        reporting lines say it. What the identity provider says of whoever signs in is not shown here.`}</p>
      </div>
      ${this.failure} ${this._done === null ? nothing : html`<div class="notice good" role="status">${this._done}</div>`} ${this.#all()}`;
  }

  #all() {
    if (this._grants === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    return html`${Object.entries(ROLES).map(([role, [name, what]]) => this.#role(role, name, what))} ${this.#form()}`;
  }

  /** @param {string} role @param {string} name @param {string} what */
  #role(role, name, what) {
    const grants = (this._grants ?? []).filter((one) => one.role === role);
    return html`<section aria-labelledby=${role}>
      <h2 id=${role}>${name}</h2>
      <p class="soft">${what}</p>
      ${grants.length === 0 ? html`<p>${t`Nobody.`}</p>` : html`<ul class="rows roles">${grants.map((one) => this.#one(one, name))}</ul>`}
    </section>`;
  }

  /** @param {Grant} one @param {string} role */
  #one(one, role) {
    const key = one.role + one.employeeId;
    const ask = () => { this._asked = this._asked === key ? null : key; this._refusal = null; };
    const taken = () => t`${one.employeeName} has the role ${role} no longer.`;
    return html`<li>
      <span class="name">${one.employeeName}</span>
      <span class="soft small">${t`granted ${moment(one.grantedAt)} by ${actorName(one.grantedByName)}`}</span>
      <span class="actions">${one.employeeId === this._self ? nothing : html`<button class="link" aria-label=${t`Take the role ${role} from ${one.employeeName}`} @click=${ask}>${t`Take away …`}</button>`}</span>
      ${this._asked === key
        ? html`<form class="card wide" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.#change(RevokeRole, { employee: { id: one.employeeId }, role: one.role }, taken); }}>
            ${this.refusal}
            <p>${t`From the next request on ${one.employeeName} sees and does no more than reporting lines give. The audit log keeps what they did.`}</p>
            <div class="actions"><button class="button main">${t`Take it away`}</button><button class="button" type="button" @click=${ask}>${t`Leave it`}</button></div>
          </form>`
        : nothing}
    </li>`;
  }

  #form() {
    return html`<section aria-labelledby="grant">
      <h2 id="grant">${t`Grant one`}</h2>
      <form class="card" @submit=${this.#grant}>
        ${this._asked === NEW ? this.refusal : nothing}
        <div class="fields">
          <label><span>${t`To whom`}</span><input type="email" name="address" required autocomplete="off" /><small>${t`Their e-mail address.`}</small></label>
          <label><span>${t`Which`}</span><select name="role">${Object.entries(ROLES).map(([role, [name]]) => html`<option value=${role}>${name}</option>`)}</select></label>
        </div>
        <div class="actions"><button class="button main">${t`Grant the role`}</button></div>
      </form>
    </section>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      @media (min-width: 48rem) { .roles > li { grid-template-columns: 2fr 3fr 7rem; } }
    `,
  ];
}

customElements.define("appraise-roles", AppraiseRoles);
