// <appraise-audit>: who did and read what, the newest first; of everybody or of one record; and whether the log is whole.

import { css, html, nothing } from "lit";
import { actorName, factName, factValue, kindName } from "./audit-words.js";
import { CheckAudit, ExportAudit, FindPeople, ListAudit, ReadExport } from "./hr-operations.js";
import { DEEDS, deed, moment, moved } from "./hr-words.js";
import { plural, t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";

const PAGE = 50;
const HIDDEN = ["name", "version"]; // facts that stand elsewhere in the line, or tell a reader nothing

export class AppraiseAudit extends Page {
  static properties = {
    _lines: { state: true },
    _more: { state: true },
    _total: { state: true },
    _chain: { state: true },
    _export: { state: true },
    _people: { state: true },
  };

  constructor() {
    super();
    /** @type {any[] | null} */
    this._lines = null;
    /** @type {string | null} */
    this._more = null;
    this._total = 0;
    /** @type {any} */
    this._chain = null;
    /** @type {any} */
    this._export = null;
    /** @type {{name: string, id: string, job: string | null}[] | null} */
    this._people = null;
    /** @type {string[]} */
    this.roles = [];
    const asked = new URLSearchParams(location.search);
    this.filters = Object.fromEntries(["about", "of", "action", "since", "until"].map((name) => [name, asked.get(name) ?? ""]));
  }

  get #where() {
    const { about, action, since, until } = this.filters;
    return {
      about: about || null,
      action: action || null,
      since: since ? `${since}T00:00:00Z` : null,
      until: until ? `${moved(until, 1)}T00:00:00Z` : null,
    };
  }

  async read() {
    await this.#list(null);
  }

  /** @param {string | null} after */
  async #list(after) {
    const { auditLog, viewer } = await this.send(ListAudit, { first: PAGE, after, where: this.#where });
    this.roles = viewer.roles;
    this._lines = after === null ? auditLog.nodes : [...(this._lines ?? []), ...auditLog.nodes];
    this._total = auditLog.totalCount;
    this._more = auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null;
  }

  /** @param {Record<string, string>} change */
  #filter(change) {
    Object.assign(this.filters, change);
    const kept = Object.entries(this.filters).filter(([, value]) => value !== "");
    window.history.replaceState(null, "", kept.length > 0 ? `?${new URLSearchParams(kept)}` : location.pathname);
    this._people = null;
    this.guarded(() => this.#list(null));
  }

  #check() {
    this._chain = "checking";
    return this.guarded(async () => {
      this._chain = null;
      this._chain = (await this.send(CheckAudit)).auditLog.chain;
    });
  }

  #take() {
    return this.guarded(async () => {
      const { since, until } = this.#where;
      const made = await this.change(ExportAudit, { kind: "AUDIT", format: "JSONL", since, until });
      if (made === null) return;
      this._export = made.export;
      this.follow(async () => {
        this._export = (await this.send(ReadExport, { id: made.export.id })).export;
        return ["WAITING", "RUNNING"].includes(this._export.state);
      });
    });
  }

  /** @param {Event} event */
  #find(event) {
    const { search } = fields(event);
    return this.guarded(async () => {
      this._people = search === null ? null : (await this.send(FindPeople, { search })).employees.nodes;
    });
  }

  render() {
    return html`<div class="title">
        <h1>${t`Audit log`}</h1>
        <p class="lead">${t`Every change, and every read of somebody else’s figures, leaves a line. Lines are chained by hashes and can neither be changed nor removed.`}</p>
      </div>
      ${this.failure} ${this.refusal} ${this.#wholeness()} ${this.#controls()} ${this.#results()}`;
  }

  #wholeness() {
    const chain = this._chain;
    const mayTake = this.roles.includes("AUDITOR");
    return html`<section aria-labelledby="chain">
      <h2 id="chain">${t`Is it whole?`}</h2>
      <div role="status">
        ${chain === null || chain === "checking"
          ? chain === null ? nothing : html`<p>${t`Reading all of it …`}</p>`
          : chain.isWhole
            ? html`<div class="notice good"><p><b>${plural(chain.entries, "Chain whole, {n} entry.", "Chain whole, {n} entries.")}</b> ${t`Every line follows from the one before.`}</p>
                <p>${t`Keep this hash of the last line elsewhere; a later log that does not hold it was cut off:`} <span class="code">${chain.head}</span></p></div>`
            : html`<div class="notice bad"><p><b>${t`The chain breaks at line ${chain.firstBreak} of ${chain.entries}.`}</b> ${t`That line, or the one before, is not what was written.
                Keep a copy of the database as it is, and tell whoever runs it.`}</p></div>`}
      </div>
      <div class="actions">
        <button class="button" ?disabled=${chain === "checking"} @click=${this.#check}>${t`Verify the chain`}</button>
        ${mayTake ? html`<button class="button" ?disabled=${this.#isWriting} @click=${this.#take}>${t`Take it away as a file`}</button>` : nothing}
      </div>
      ${this.#file()}
    </section>`;
  }

  get #isWriting() {
    return this._export !== null && ["WAITING", "RUNNING"].includes(this._export.state);
  }

  #file() {
    const found = this._export;
    if (found === null) return nothing;
    if (this.#isWriting) {
      return html`<div role="status"><p>${t`The file is being written …`}</p><progress max=${found.total || nothing} value=${found.total ? found.done : nothing} aria-label=${t`Writing`}></progress></div>`;
    }
    if (found.state !== "DONE") return html`<div class="notice bad" role="alert">${found.problem ?? t`The file could not be written.`}</div>`;
    return html`<div class="notice good" role="status">
      <p>${plural(found.done, "{n} line, as JSON lines that anybody can verify.", "{n} lines, as JSON lines that anybody can verify.")} ${t`${html`<a href=${found.downloadUrl} download>${t`Save the file`}</a>`} within ten minutes.`}</p>
      <p class="small">SHA-256 <span class="code">${found.sha256}</span></p>
    </div>`;
  }

  #controls() {
    const { about, of, action, since, until } = this.filters;
    return html`<section aria-labelledby="lines" class="filters">
      <h2 id="lines">${t`Lines`}</h2>
      ${about ? html`<p class="actions"><span>${t`Only about ${html`<b>${of || t`one record`}</b>`}.`}</span><button class="link" @click=${() => this.#filter({ about: "", of: "" })}>${t`About everybody`}</button></p>` : nothing}
      <div class="fields">
        <label><span>${t`What was done`}</span>
          <select @change=${(/** @type {any} */ event) => this.#filter({ action: event.target.value })}>
            <option value="">${t`Anything`}</option>
            ${Object.entries(DEEDS).map(([value, words]) => html`<option value=${value} ?selected=${value === action}>${words}</option>`)}
          </select></label>
        <label><span>${t`From`}</span><input type="date" .value=${since} @change=${(/** @type {any} */ event) => this.#filter({ since: event.target.value })} /></label>
        <label><span>${t`To`}</span><input type="date" .value=${until} @change=${(/** @type {any} */ event) => this.#filter({ until: event.target.value })} /></label>
        <form role="search" aria-label=${t`Lines about somebody`} @submit=${this.#find}>
          <label><span>${t`About somebody`}</span><input type="search" name="search" autocomplete="off" placeholder=${t`Name, then Enter`} /></label>
        </form>
      </div>
      ${this._people === null
        ? nothing
        : html`<ul class="rows" role="status">
            ${this._people.length === 0 ? html`<li>${t`Nobody of that name.`}</li>` : this._people.map((one) => html`<li><button class="link" @click=${() => this.#filter({ about: one.id, of: one.name })}>${one.name}${one.job ? `, ${one.job}` : ""}</button></li>`)}
          </ul>`}
    </section>`;
  }

  #results() {
    if (this._lines === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    return html`<p class="soft small" role="status">${plural(this._total, "{n} line, the newest first.", "{n} lines, the newest first.")}</p>
      <ol class="rows lines">
        ${this._lines.map((line) => this.#line(line))}
      </ol>
      ${this._more === null ? nothing : html`<p class="actions"><button class="button" @click=${() => this.guarded(() => this.#list(this._more))}>${t`Show more`}</button></p>`}`;
  }

  /** @param {any} line */
  #line(line) {
    const facts = line.details.filter((/** @type {any} */ one) => !HIDDEN.includes(one.name) && one.value !== "");
    const whom = line.about?.name ?? null;
    const only = line.subjectId !== null && line.subjectId !== this.filters.about;
    const [kind] = line.subject.split(":");
    return html`<li>
      <span class="number soft small"><time datetime=${line.at}>${moment(line.at)}</time><br />${t`line ${line.sequence}`}</span>
      <span><b>${line.actor?.name ?? actorName(line.actorName)}</b></span>
      <span>${deed(line.action)}${whom === null ? nothing : html`: ${whom}`}
        ${only ? html`<br /><button class="link small" @click=${() => this.#filter({ about: line.subjectId, of: whom === null ? t`this ${kindName(kind)}` : t`this ${kindName(kind)} of ${whom}` })}>${t`All about this ${kindName(kind)}`}</button>` : nothing}</span>
      <span class="soft small">${facts.map((/** @type {any} */ one, /** @type {number} */ at) => html`${at > 0 ? "; " : ""}${factName(one.name)} ${factValue(one.value)}`)}</span>
    </li>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .filters { padding-bottom: var(--s3); }
      .lines { padding: 0; }
      .lines .link { padding-block: 0; }
      @media (min-width: 52rem) { .lines > li { grid-template-columns: 10rem 2fr 3fr 3fr; } }
      @media print { .filters { display: block; } .filters .fields { display: none; } }
    `,
  ];
}

customElements.define("appraise-audit", AppraiseAudit);
