// <appraise-import>: one import from its plan to what came of it, and back.

import { css, html, nothing } from "lit";
import { idempotencyKey } from "./client.js";
import { ApplyImport, CreateImport, ReadImport, UndoImport } from "./hr-operations.js";
import { IMPORTS, TONES, moment } from "./hr-words.js";
import { keep, kept } from "./import-drafts.js";
import { reported } from "./import-report.js";
import { plural, t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { download } from "./transfer.js";

const GOING_ON = ["PLANNING", "APPLYING", "UNDOING"];
const BRAKE = "allow_ends"; // the setting that a refusal names where an import would end too many jobs

export class AppraiseImport extends Page {
  static properties = { import: {}, _found: { state: true }, _asked: { state: true } };

  constructor() {
    super();
    this.import = "";
    /** @type {any} */
    this._found = null;
    /** @type {string | null} */
    this._asked = null;
  }

  async read() {
    this.#show((await this.send(ReadImport, { id: this.import })).import);
  }

  /** @param {any} found */
  #show(found) {
    this._found = found;
    document.title = `${found.file} · ${t`Imports`} · Appraise`;
    if (GOING_ON.includes(found.state)) {
      this.follow(async () => {
        this._found = (await this.send(ReadImport, { id: this.import })).import;
        return GOING_ON.includes(this._found.state);
      });
    }
  }

  /** @param {string} document */
  #do(document) {
    return this.guarded(async () => {
      const done = await this.change(document, { importId: this.import });
      this._asked = null;
      if (done !== null) this.#show(done.import);
    });
  }

  #let() {
    const draft = kept(this.import);
    if (draft === null) return;
    this.guarded(async () => {
      const input = { ...draft, settings: [...draft.settings.filter((one) => one.name !== BRAKE), { name: BRAKE, value: "yes" }], idempotencyKey: idempotencyKey() };
      const made = await this.change(CreateImport, input);
      if (made === null) return;
      keep(made.import.id, draft);
      location.assign(`/imports/${made.import.id}`);
    });
  }

  render() {
    const found = this._found;
    if (found === null) {
      return html`<div class="title"><h1>${t`Import`}</h1></div>${this.failure}${this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing}`;
    }
    return html`<div class="title">
        <p class="small"><a href="/imports">${t`All imports`}</a></p>
        <h1>${found.file}</h1>
        <p><span class="chip ${TONES[found.state] ?? ""}">${IMPORTS[found.state]}</span></p>
        <p class="soft">${found.adapter}${found.source === found.adapter ? nothing : html`, ${t`of ${found.source}`}`}; ${plural(Number(found.bytes), "{n} byte; asked for {0}.", "{n} bytes; asked for {0}.", moment(found.askedAt))}</p>
      </div>
      ${this.failure} ${this.refusal} ${this.#progress(found)} ${this.#problem(found)} ${this.#undone(found)}
      ${found.applied !== null ? this.#part(t`What was done`, found.applied, true) : found.plan !== null ? this.#part(t`What would happen`, found.plan, false) : nothing}
      ${this.#actions(found)}`;
  }

  /** @param {any} found */
  #progress(found) {
    if (!GOING_ON.includes(found.state)) return html`<p class="hidden" role="status">${IMPORTS[found.state]}</p>`;
    return html`<div role="status">
      <p>${IMPORTS[found.state]} … ${found.step ?? t`it waits for a worker`}</p>
      <progress max=${found.total || nothing} value=${found.total ? found.done : nothing} aria-label=${IMPORTS[found.state]}></progress>
    </div>`;
  }

  /** @param {any} found */
  #problem(found) {
    if (found.problem === null) return nothing;
    const isBraked = found.problem.includes(BRAKE);
    return html`<div class="notice bad" role="alert">
      <p class="lines">${isBraked ? found.problem.replace(/; if they all have left.*$/s, "") : found.problem}</p>
      ${isBraked && kept(this.import) !== null
        ? html`<p>${t`Nothing was written. If the file is whole and they have all left:`}</p>
            <p><button class="button" @click=${this.#let}>${t`Plan it again, and let it end their jobs`}</button></p>`
        : nothing}
    </div>`;
  }

  /** @param {any} found */
  #undone(found) {
    if (found.undoneRows === null) return nothing;
    return html`<div class="notice">
      <p>${plural(found.undoneRows, "{n} event was taken back; what it had replaced counts again.", "{n} events were taken back; what they had replaced counts again.")}</p>
      ${found.loadsToRepeat.length === 0 ? nothing : html`<p>${t`Import the files of these loads again, as they had left out what this one held: ${found.loadsToRepeat.join(", ")}.`}</p>`}
    </div>`;
  }

  /** @param {string} title @param {any} report @param {boolean} isDone */
  #part(title, report, isDone) {
    return html`<section aria-labelledby="report"><h2 id="report">${title}</h2>${reported(report, isDone)}</section>`;
  }

  /** @param {any} found */
  #actions(found) {
    const isPlanned = found.state === "PLANNED";
    const mayRepeat = found.state === "FAILED" && found.plan !== null && found.applied === null;
    const isNothing = found.plan?.repeated === true;
    const name = found.file.replace(/\.[^.]*$/, "");
    return html`<div class="actions">
        ${(isPlanned && !isNothing) || mayRepeat ? html`<button class="button main" @click=${() => this.#do(ApplyImport)}>${mayRepeat ? t`Try again` : t`Import it`}</button>` : nothing}
        ${found.rejectedUrl === null ? nothing : html`<button class="button" @click=${() => this.guarded(() => download(/** @type {any} */ (this.client), found.rejectedUrl, `${name}-rejected.csv`))}>${t`Save the rejected rows as CSV`}</button>`}
        ${kept(this.import) !== null && (isPlanned || found.state === "FAILED") ? html`<a href="/imports?again=${this.import}">${t`Read it otherwise`}</a>` : nothing}
        ${found.canBeUndone && this._asked === null ? html`<button class="link" @click=${() => (this._asked = "undo")}>${t`Take it back …`}</button>` : nothing}
      </div>
      ${this._asked === "undo"
        ? html`<form class="card" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.#do(UndoImport); }}>
            <p>${t`Take all events of this load back? What they had replaced counts again. Scored cycles keep their figures until they are scored again.`}</p>
            <div class="actions"><button class="button main">${t`Take it back`}</button><button class="button" type="button" @click=${() => (this._asked = null)}>${t`Leave it`}</button></div>
          </form>`
        : nothing}`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .lines { white-space: pre-line; }
      .attention { color: var(--worse); font-weight: 600; }
      section + .actions { margin-top: var(--s2); }
      form.card { margin-top: var(--s4); }
    `,
  ];
}

customElements.define("appraise-import", AppraiseImport);
