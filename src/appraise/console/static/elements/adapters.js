// <appraise-adapters>: what can be read, how far each format was checked, and what it cannot tell.

import { css, html, nothing } from "lit";
import { ReadAdapters } from "./hr-operations.js";
import { EVENTS } from "./hr-words.js";
import { t, words } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";

/** @type {Record<string, string>} */
const CHECKED = words({ VERIFIED: "checked", SECOND_HAND: "second-hand", UNVERIFIED: "not checked" });

export class AppraiseAdapters extends Page {
  static properties = { _adapters: { state: true } };

  constructor() {
    super();
    /** @type {any[] | null} */
    this._adapters = null;
  }

  async read() {
    this._adapters = (await this.send(ReadAdapters)).adapters;
  }

  render() {
    return html`<div class="title">
        <p class="small"><a href="/imports">${t`Imports`}</a></p>
        <h1>${t`What can be read`}</h1>
        <p class="lead">${t`Each system has an adapter of its own. It says here what it reads, against what its format was checked, and what the export cannot tell.`}</p>
      </div>
      ${this.failure}
      ${this._adapters === null ? (this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing) : this._adapters.map((one) => this.#adapter(one))}`;
  }

  /** @param {any} one */
  #adapter(one) {
    return html`<section aria-labelledby=${`adapter-${one.name}`}>
      <h2 id=${`adapter-${one.name}`}>${one.title}</h2>
      <p>${t`Reads ${one.reads.map((/** @type {string} */ kind) => EVENTS[kind] ?? kind).join(", ")} from ${one.files.join("; ")}.`} <span class="chip ${one.verification === "VERIFIED" ? "now" : ""}">${CHECKED[one.verification]}</span></p>
      <p class="soft">${one.formatVersion}</p>
      ${list(t`What it handles`, one.quirks)} ${list(t`What the export cannot tell`, one.unknowable)}
    </section>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      section { padding-block: var(--s4); gap: var(--s2); }
      ul { padding-inline-start: 1.2em; max-width: calc(var(--measure) + var(--s8)); }
    `,
  ];
}

/** @param {string} title @param {string[]} sentences */
function list(title, sentences) {
  return sentences.length === 0 ? nothing : html`<details><summary>${title}</summary><ul>${sentences.map((one) => html`<li>${one}</li>`)}</ul></details>`;
}

customElements.define("appraise-adapters", AppraiseAdapters);
