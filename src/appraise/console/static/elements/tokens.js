// <appraise-tokens>: the access tokens of services and people, and room to make, replace and revoke them.

import { css, html, nothing } from "lit";
import { CreateToken, ListTokens, RevokeToken, RotateToken } from "./hr-operations.js";
import { SCOPES, moment, moved } from "./hr-words.js";
import { t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { date } from "./words.js";

const LIFE = 90; // days, as the API has it where nothing is said

export class AppraiseTokens extends Page {
  static properties = { _tokens: { state: true }, _asked: { state: true }, _made: { state: true } };

  constructor() {
    super();
    /** @type {any[] | null} */
    this._tokens = null;
    /** @type {string | null} */
    this._asked = null;
    /** @type {{name: string, text: string} | null} shown once */
    this._made = null;
  }

  async read() {
    this._tokens = (await this.send(ListTokens)).accessTokens;
  }

  /** @param {string} document @param {Record<string, unknown>} input @param {HTMLFormElement} [form] */
  #change(document, input, form) {
    return this.guarded(async () => {
      this._made = null;
      const done = await this.change(document, input);
      if (done === null) return;
      this._asked = null;
      form?.reset();
      if (done.text) this._made = { name: done.token.name, text: done.text };
      await this.read();
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(".made"))?.focus();
    });
  }

  /** @param {Event} event */
  #create(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const written = new FormData(form);
    const last = String(written.get("last"));
    this.#change(CreateToken, { name: written.get("name"), scopes: written.getAll("scope"), expiresAt: `${moved(last, 1)}T00:00:00Z` }, form);
  }

  render() {
    return html`<div class="title">
        <h1>${t`Access tokens`}</h1>
        <p class="lead">${t`With a token a program reads or sends what its scopes say, without anybody signing in. Give each program one of its own, with no scope that it does not
        need.`}</p>
      </div>
      ${this.failure} ${this.#secret()} ${this.#list()}`;
  }

  #secret() {
    if (this._made === null) return nothing;
    const { name, text } = this._made;
    return html`<div class="notice good made" role="status" tabindex="-1">
      <p><b>${t`The token of ${name}.`}</b> ${t`It is shown this once; only its hash is kept.`}</p>
      <p class="code">${text}</p>
      <p class="actions"><button class="button" @click=${() => navigator.clipboard?.writeText(text)}>${t`Copy it`}</button>
        <button class="link" @click=${() => (this._made = null)}>${t`I have it`}</button></p>
    </div>`;
  }

  #list() {
    if (this._tokens === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    return html`<section aria-labelledby="tokens">
        <h2 id="tokens">${t`Those there are`}</h2>
        ${this._tokens.length === 0 ? html`<p>${t`None.`}</p>` : html`<ul class="rows tokens">${this._tokens.map((one) => this.#token(one))}</ul>`}
      </section>
      ${this.#form()}`;
  }

  /** @param {any} one */
  #token(one) {
    const opens = one.employee !== null ? t`Acts as ${one.employee.name}` : one.scopes.length === 0 ? t`Opens nothing` : one.scopes.map((/** @type {string} */ scope) => SCOPES[scope][0]).join(", ");
    const ends = one.expiresAt === null ? t`does not end` : one.isLive ? t`until ${moment(one.expiresAt)}` : t`ended ${moment(one.expiresAt)}`;
    const ask = (/** @type {string} */ deed) => () => { this._asked = this._asked === deed + one.key ? null : deed + one.key; this._refusal = null; };
    return html`<li>
      <span><span class="name">${one.name}</span><br /><span class="code small soft">${one.key}</span></span>
      <span>${opens}</span>
      <span class="${one.isLive ? "" : "soft"}">${ends}<br /><span class="soft small">${one.lastUsedAt === null ? t`never used` : t`last used ${moment(one.lastUsedAt)}`}</span></span>
      <span class="actions">
        ${one.canBeRotated ? html`<button class="link" aria-label=${t`Replace the token ${one.name}`} @click=${ask("rotate")}>${t`Replace …`}</button>` : nothing}
        <button class="link" aria-label=${t`Revoke the token ${one.name}`} @click=${ask("revoke")}>${t`Revoke …`}</button>
      </span>
      ${this._asked === `rotate${one.key}`
        ? html`<form class="card wide" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.#change(RotateToken, { key: one.key, overlapHours: Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("hours")) }); }}>
            ${this.refusal}
            <label><span>${t`Hours for which the old one is good as well`}</span><input type="number" name="hours" min="0" max="720" value="48" required /><small>${t`So that the program can change over. The new one lives ${LIFE} days.`}</small></label>
            <div class="actions"><button class="button main">${t`Replace it`}</button><button class="button" type="button" @click=${ask("rotate")}>${t`Leave it`}</button></div>
          </form>`
        : nothing}
      ${this._asked === `revoke${one.key}`
        ? html`<form class="card wide" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.#change(RevokeToken, { key: one.key }); }}>
            ${this.refusal}
            <p>${t`From the next request on it opens nothing, and whoever uses it is refused. There is no way back.`}</p>
            <div class="actions"><button class="button main">${t`Revoke it`}</button><button class="button" type="button" @click=${ask("revoke")}>${t`Leave it`}</button></div>
          </form>`
        : nothing}
    </li>`;
  }

  #form() {
    const today = new Date().toISOString().slice(0, 10);
    const offered = Object.entries(SCOPES).filter(([scope]) => scope !== "MINT_EMBED");
    return html`<section aria-labelledby="make">
      <h2 id="make">${t`Make one`}</h2>
      <form class="card" @submit=${this.#create}>
        ${this._asked === null ? this.refusal : nothing}
        <div class="fields">
          <label><span>${t`Whose it is`}</span><input name="name" required maxlength="200" autocomplete="off" /><small>${t`The program, such as: orders from the shop.`}</small></label>
          <label><span>${t`Last day`}</span><input type="date" name="last" required min=${today} .value=${moved(today, LIFE)} /></label>
        </div>
        <fieldset>
          <legend>${t`What it opens`}</legend>
          ${offered.map(([scope, [name, what]]) => html`<label class="check"><input type="checkbox" name="scope" value=${scope} /><span>${name}: <span class="soft">${what}</span></span></label>`)}
        </fieldset>
        <div class="actions"><button class="button main">${t`Make the token`}</button></div>
        <p class="soft small">${t`A token for an employee, and one that lets a host show sections to its viewers, would let its holder act as somebody else. Both are made at the machine,
        by ${html`<code>appraise token create</code>`}, and can be revoked here.`}</p>
      </form>
    </section>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .made .code { font-size: 1rem; user-select: all; }
      @media (min-width: 48rem) { .tokens > li { grid-template-columns: 2fr 3fr 2fr auto; } }
    `,
  ];
}

customElements.define("appraise-tokens", AppraiseTokens);
