// <appraise-ask>: one question in a dialog: words, fields, a button, and what stood in the way.

import { css, html, nothing } from "lit";
import { RequestFailed } from "./client.js";
import { Spoken, t } from "./language.js";
import { shared } from "./styles.js";
import { failure } from "./words.js";

/**
 * @typedef {{name: string, label: string, kind?: "words" | "line" | "choice", hint?: string, options?: [string, string][],
 *   isOptional?: boolean, value?: string}} Field words: several lines; choice: one of `options`, each a value and its name
 * @typedef {{title: string, words: string, button: string, fields?: Field[]}} Question
 */

export class AppraiseAsk extends Spoken {
  static properties = {
    _question: { state: true },
    _problem: { state: true },
    _isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {Question | null} */
    this._question = null;
    this._problem = "";
    this._isBusy = false;
    /** @type {(values: Record<string, string>) => Promise<string>} */
    this._send = async () => "";
  }

  /**
   * Ask, and close once `send` gives no problem in words. The focus goes back to what had it.
   * @param {Question} question @param {(values: Record<string, string>) => Promise<string>} send
   */
  async ask(question, send) {
    this._question = question;
    this._send = send;
    this._problem = "";
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  render() {
    const asked = this._question;
    return html`<dialog aria-labelledby="question" @close=${() => { this._question = null; }}>
      ${asked === null
        ? nothing
        : html`<form @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
            <h2 id="question">${asked.title}</h2>
            <p>${asked.words}</p>
            ${(asked.fields ?? []).map((field) => this.#field(field))}
            <p role="alert" class="wrong">${this._problem}</p>
            <p class="deeds">
              <button class="button main" ?disabled=${this._isBusy}>${asked.button}</button>
              <button class="button" type="button" @click=${() => this.#close()}>${t`Not now`}</button>
            </p>
          </form>`}
    </dialog>`;
  }

  /** @param {Field} field */
  #field(field) {
    const hint = field.hint === undefined ? nothing : html`<p class="soft small" id="hint-${field.name}">${field.hint}</p>`;
    const described = field.hint === undefined ? nothing : `hint-${field.name}`;
    return html`<label for=${field.name}>${field.label}</label>${hint}${this.#input(field, described)}`;
  }

  /** @param {Field} field @param {any} described */
  #input(field, described) {
    const { name, isOptional = false, value = "" } = field;
    if (field.kind === "choice") {
      return html`<select id=${name} name=${name} ?required=${!isOptional} aria-describedby=${described}>
        ${(field.options ?? []).map(([key, words]) => html`<option value=${key} ?selected=${key === value}>${words}</option>`)}
      </select>`;
    }
    if (field.kind === "line") {
      return html`<input id=${name} name=${name} ?required=${!isOptional} maxlength="200" .value=${value} autocomplete="off" aria-describedby=${described} />`;
    }
    return html`<textarea id=${name} name=${name} rows="3" ?required=${!isOptional} maxlength="2000" .value=${value} aria-describedby=${described}></textarea>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this._isBusy = true;
    try {
      this._problem = await this._send(/** @type {any} */ (Object.fromEntries(form)));
      if (this._problem === "") this.#close();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._problem = failure(error.code, error.message);
    } finally {
      this._isBusy = false;
    }
  }

  #close() {
    this.renderRoot.querySelector("dialog")?.close();
  }

  static styles = [
    shared,
    css`
      dialog { width: min(32rem, calc(100vw - 2rem)); border: 1px solid var(--edge); border-top: 4px solid var(--accent); border-radius: var(--corner); padding: var(--s5); background: var(--sheet); color: var(--ink); }
      dialog::backdrop { background: rgb(12 14 16 / 0.5); }
      h2 { font: 600 var(--size-title) / 1.2 var(--serif); margin-bottom: var(--s3); }
      label { display: block; font-weight: 600; margin-top: var(--s4); }
      textarea, input, select { display: block; width: 100%; margin-top: var(--s2); }
      .wrong { color: var(--worse); font-weight: 600; margin-top: var(--s2); }
      .deeds { display: flex; flex-wrap: wrap; gap: var(--s3); margin-top: var(--s3); }
      @media print { :host { display: none; } }
    `,
  ];
}

/** What a payload says stood in the way, in words. @param {{userErrors: {message: string}[]}} payload */
export const problems = (payload) => payload.userErrors.map((error) => error.message).join(". ");

customElements.define("appraise-ask", AppraiseAsk);
