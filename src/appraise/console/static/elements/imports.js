// <appraise-imports>: bring a file of people or events in, and what was brought in before.

import { css, html, nothing } from "lit";
import { RequestFailed, idempotencyKey } from "./client.js";
import { CreateImport, ListImports, LookAtUpload } from "./hr-operations.js";
import { IMPORTS, TONES, moment } from "./hr-words.js";
import { keep, kept } from "./import-drafts.js";
import { plural, t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";
import { upload } from "./transfer.js";

const PAGE = 30;
const SETTINGS = ["missing", "encoding"]; // of every import, whatever the adapter
const ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1254", "cp1257", "iso8859-2", "mac_roman", "utf-16-le"];

export class AppraiseImports extends Page {
  static properties = {
    _adapters: { state: true },
    _past: { state: true },
    _file: { state: true },
    _part: { state: true },
    _adapter: { state: true },
    _encoding: { state: true },
    _isOver: { state: true },
  };

  constructor() {
    super();
    /** @type {any[]} */
    this._adapters = [];
    /** @type {any} */
    this._past = null;
    /** @type {any} the file that was sent, as the API sees it, with its id */
    this._file = null;
    /** @type {number | null} how much of a file is sent */
    this._part = null;
    this._adapter = "";
    this._isOver = false;
    this.draft = kept(new URLSearchParams(location.search).get("again"));
    this._encoding = this.#set("encoding");
  }

  async read() {
    const { adapters, imports } = await this.send(ListImports, { first: PAGE, after: null });
    this._adapters = adapters;
    this._past = imports;
    if (this.draft !== null && this._file === null) await this.#look(this.draft.uploadId, this.draft.adapter);
  }

  /** @param {File | undefined} file */
  #take(file) {
    if (file === undefined) return;
    this.guarded(async () => {
      this._file = null;
      this.draft = null;
      this._encoding = "";
      this._part = 0;
      try {
        const { id } = await upload(/** @type {any} */ (this.client), file, (part) => (this._part = part));
        await this.#look(id, null);
      } finally {
        this._part = null;
      }
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("#how"))?.focus();
    });
  }

  /** @param {string} id @param {string | null} adapter */
  async #look(id, adapter) {
    const { uploadedFile } = await this.send(LookAtUpload, { id, encoding: this._encoding || null });
    this._file = { ...uploadedFile, id };
    const general = this._adapters.find((one) => one.needsMapping)?.name ?? "";
    this._adapter = adapter ?? uploadedFile.fits[0]?.adapter ?? general;
  }

  /** Looks again, at a text of that encoding. @param {string} encoding */
  #declare(encoding) {
    return this.guarded(async () => {
      this._encoding = encoding.trim();
      this._refusal = null;
      try {
        await this.#look(this._file.id, null);
        await this.updateComplete;
        /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("#how"))?.focus();
      } catch (error) {
        if (!(error instanceof RequestFailed) || error.code !== "BAD_USER_INPUT") throw error;
        this._refusal = error.message;
      }
    });
  }

  /** What a setting was before. @param {string} name */
  #set(name) {
    return this.draft?.settings?.find((/** @type {{name: string}} */ one) => one.name === name)?.value ?? "";
  }

  /** @param {Event} event */
  #plan(event) {
    const written = fields(event);
    const input = {
      uploadId: this._file.id,
      adapter: this._adapter,
      source: written.source,
      timeZone: written.timeZone,
      dateFormat: written.dateFormat,
      asOf: written.asOf,
      mapping: written.mapping,
      onError: written.onError,
      settings: SETTINGS.filter((name) => written[name]).map((name) => ({ name, value: written[name] })),
    };
    return this.guarded(async () => {
      const made = await this.change(CreateImport, { ...input, idempotencyKey: idempotencyKey() });
      if (made === null) return;
      keep(made.import.id, input);
      location.assign(`/imports/${made.import.id}`);
    });
  }

  #more() {
    return this.guarded(async () => {
      const { imports } = await this.send(ListImports, { first: PAGE, after: this._past.pageInfo.endCursor });
      this._past = { ...imports, nodes: [...this._past.nodes, ...imports.nodes] };
    });
  }

  render() {
    return html`<div class="title">
        <h1>${t`Imports`}</h1>
        <p class="lead">${t`Files of people from the HR system, and of contacts, ratings, purchases and the like from the systems that recorded them. You see what would
        happen before anything is written.`} <a href="/adapters">${t`What can be read`}</a></p>
      </div>
      ${this.failure} ${this.#drop()} ${this._file === null ? nothing : this.#form()} ${this.#history()}`;
  }

  #drop() {
    const over = (/** @type {boolean} */ isOver) => (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      this._isOver = isOver;
    };
    return html`<section aria-labelledby="file">
      <h2 id="file">${t`Bring a file in`}</h2>
      <div class="drop ${this._isOver ? "over" : ""}" @dragover=${over(true)} @dragleave=${over(false)}
        @drop=${(/** @type {DragEvent} */ event) => { over(false)(event); this.#take(event.dataTransfer?.files[0]); }}>
        <label><span>${t`Choose a file, or drag it here`}</span>
          <input type="file" ?disabled=${this._part !== null} @change=${(/** @type {any} */ event) => this.#take(event.target.files[0])} /></label>
        <p class="soft small">${t`CSV, TSV, XLSX, JSON or XML, also packed as .gz or .zip, up to 4 GiB.`}</p>
        ${this._part === null ? nothing : html`<div role="status"><progress max="1" value=${this._part} aria-label=${t`Sending`}></progress> ${this._part < 1 ? t`Sending …` : t`Looking at it …`}</div>`}
      </div>
    </section>`;
  }

  #form() {
    const file = this._file;
    const adapter = this._adapters.find((one) => one.name === this._adapter);
    const fit = file.fits.find((/** @type {any} */ one) => one.adapter === this._adapter);
    /** @type {Partial<import("./import-drafts.js").Draft>} */
    const draft = this.draft ?? {};
    const holdsPeople = adapter?.reads.includes("people");
    return html`<section aria-labelledby="how">
      <h2 id="how" tabindex="-1">${t`How to read ${file.name}`}</h2>
      ${file.readings === null ? html`<p>${this.#recognised(file)}</p>` : this.#doubt(file.readings)}
      ${this.#preview(file)}
      <form class="card" @submit=${this.#plan}>
        ${this.refusal}
        <div class="fields">
          <label class="wide"><span>${t`It comes from`}</span>
            <select name="adapter" @change=${(/** @type {any} */ event) => (this._adapter = event.target.value)}>
              ${this._adapters.map((one) => html`<option value=${one.name} ?selected=${one.name === this._adapter}>${one.title}</option>`)}
            </select></label>
          <label><span>${t`Whose data it is`}</span><input name="source" autocomplete="off" placeholder=${this._adapter} .value=${draft.source ?? ""} />
            <small>${t`A name of yours, where there are two of one kind, such as two shops.`}</small></label>
          <label><span>${t`Time zone`}</span><input name="timeZone" list="zones" autocomplete="off" ?required=${fit?.needsTimeZone ?? false} .value=${draft.timeZone ?? ""} placeholder="Europe/Berlin" />
            <small>${fit?.needsTimeZone ? t`The file’s times say no zone: name it.` : t`Of times that say none.`}</small>
            <datalist id="zones">${Intl.supportedValuesOf("timeZone").map((zone) => html`<option value=${zone}></option>`)}</datalist></label>
          <label><span>${t`Date format`}</span><input name="dateFormat" autocomplete="off" .value=${draft.dateFormat ?? ""} placeholder="%d/%m/%Y" />
            <small>${t`Only where a day could be read in two ways.`}</small></label>
          ${holdsPeople ? html`<label><span>${t`The day that it shows`}</span><input type="date" name="asOf" .value=${draft.asOf ?? ""} /><small>${t`Of a file of people; today where left out.`}</small></label>` : nothing}
          ${holdsPeople ? html`<label><span>${t`Who is missing from the file`}</span>
            <select name="missing"><option value="">${t`stays, and is counted`}</option><option value="end" ?selected=${this.#set("missing") === "end"}>${t`has left: the file holds everybody`}</option></select></label>` : nothing}
          <label><span>${t`Encoding of its text`}</span><input name="encoding" list="encodings" autocomplete="off" .value=${this._encoding}
              @change=${(/** @type {any} */ event) => this.#declare(event.target.value)} />
            <small>${t`Only where it is not UTF-8 and cannot be told.`}</small>
            <datalist id="encodings">${ENCODINGS.map((one) => html`<option value=${one}></option>`)}</datalist></label>
          <label><span>${t`A row that cannot be read`}</span>
            <select name="onError"><option value="REJECT_ROWS">${t`is left out`}</option><option value="REJECT_FILE" ?selected=${draft.onError === "REJECT_FILE"}>${t`stops the whole file (events)`}</option></select></label>
        </div>
        ${adapter?.needsMapping
          ? html`<label><span>${t`Mapping`}</span><textarea class="code" name="mapping" spellcheck="false" .value=${draft.mapping ?? file.suggestedMapping ?? ""}></textarea>
              <small>${t`A first suggestion. Read every line: what is doubtful is commented out with ${html`<code>#</code>`}. ${html`<code>kind</code>`} says what the rows are, ${html`<code>[columns]</code>`} which column holds what.`}</small></label>`
          : html`<details ?open=${Boolean(draft.mapping)}><summary>${t`Your own columns and words`}</summary>
              <label><span>${t`Mapping`}</span><textarea class="code" name="mapping" spellcheck="false" .value=${draft.mapping ?? ""}></textarea>
                <small>${t`Only where your organisation’s file has other columns or words than the vendor’s.`}</small></label></details>`}
        <div class="actions"><button class="button main">${t`Show what would happen`}</button><span class="soft small">${t`Nothing is written yet.`}</span></div>
      </form>
    </section>`;
  }

  /** @param {any} file */
  #recognised(file) {
    const [best] = file.fits;
    if (best === undefined) return file.columns.length === 0 ? t`Say what it is: it was not recognised by its beginning.` : t`No vendor’s format was recognised: read it as a table of your own, by a mapping.`;
    const title = this._adapters.find((one) => one.name === best.adapter)?.title ?? best.adapter;
    return plural(file.columns.length, "It looks like {0}: {1} of {n} column known.", "It looks like {0}: {1} of {n} columns known.", title, best.recognised);
  }

  /** In which encoding the text is has to be said first. @param {{word: string, encodings: string[]}[]} readings */
  #doubt(readings) {
    if (readings.length === 0) return html`<p class="notice">${t`The file’s text is not UTF-8, and fits none of the encodings that are tried. Name its encoding below; then its first rows are shown.`}</p>`;
    return html`<div class="notice" role="group" aria-labelledby="doubt">
      <p id="doubt">${t`The file’s text is not UTF-8, and does not say what else it is. Choose how this word of it is written; then the first rows are shown, and what fits them.`}</p>
      <ul class="readings">
        ${readings.map(({ word, encodings }) => html`<li>
          <button class="button" @click=${() => this.#declare(encodings[0])}>${word}</button>
          <span class="soft small">${t`as in ${encodings.join(", ")}`}</span>
        </li>`)}
      </ul>
    </div>`;
  }

  /** @param {any} file */
  #preview(file) {
    if (file.columns.length === 0) return nothing;
    const rows = file.columns[0].values.map((/** @type {string} */ _, /** @type {number} */ at) => at);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t`The first rows`}>
      <table>
        <caption>${t`The first rows`}</caption>
        <thead><tr>${file.columns.map((/** @type {any} */ one) => html`<th scope="col">${one.name}</th>`)}</tr></thead>
        <tbody>${rows.map((/** @type {number} */ at) => html`<tr>${file.columns.map((/** @type {any} */ one) => html`<td>${one.values[at]}</td>`)}</tr>`)}</tbody>
      </table>
    </div>`;
  }

  #history() {
    if (this._past === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    const { nodes, totalCount, pageInfo } = this._past;
    return html`<section aria-labelledby="past">
      <h2 id="past">${t`Brought in before`}</h2>
      ${nodes.length === 0
        ? html`<p>${t`Nothing through the console or the API in the last month.`}</p>`
        : html`<ul class="rows past">
            ${nodes.map((/** @type {any} */ one) => html`<li>
              <a class="name" href="/imports/${one.id}">${one.file}</a>
              <span>${one.adapter}${one.source === one.adapter ? nothing : html`, ${one.source}`}</span>
              <span><span class="chip ${TONES[one.state] ?? ""}">${IMPORTS[one.state]}</span></span>
              <span class="soft small">${moment(one.askedAt)}</span>
            </li>`)}
          </ul>`}
      ${pageInfo.hasNextPage ? html`<div class="actions"><button class="button" @click=${this.#more}>${t`Show more (${totalCount - nodes.length})`}</button></div>` : nothing}
    </section>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .drop { border: 2px dashed var(--edge); border-radius: var(--corner); padding: var(--s5) var(--s4); display: grid; gap: var(--s2); max-width: calc(var(--measure) + var(--s8)); }
      .drop.over { border-color: var(--accent); background: var(--wash); }
      .drop label { font-size: 1rem; }
      th, td { white-space: nowrap; }
      .notice .readings { list-style: none; padding: 0; margin-top: var(--s3); display: grid; gap: var(--s2); }
      .readings li { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--s1) var(--s4); }
      .readings .button { min-width: 9rem; font-weight: 400; }
      form details label { display: block; margin-top: var(--s2); }
      @media (min-width: 44rem) { .past > li { grid-template-columns: 3fr 2fr 1fr 2fr; } }
    `,
  ];
}

customElements.define("appraise-imports", AppraiseImports);
