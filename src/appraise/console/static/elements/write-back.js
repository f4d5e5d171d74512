// <appraise-write-back>: final sections of a cycle and an HR system: what would be sent and how it is rounded, what came of it, and what is stuck.

import { css, html, nothing } from "lit";
import { saveFile } from "./download.js";
import { ReadWriteBackHosts, ReadWriteBacks, RetryWriteBack, SendWriteBacks, SettleWriteBack } from "./hr-operations.js";
import { moment } from "./hr-words.js";
import { number, plural, t, words } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";
import { ABSENCES, plain } from "./words.js";

/** @param {string} text */
const decimal = (text) => number(Number(text));
const STUCK = ["REJECTED", "DRIFTED", "PARTIAL"];
const UNDER_WAY = ["QUEUED", "SENT"];
const TO_WRITE = ["NOT_DUE", ...UNDER_WAY];
/** @type {Record<string, string>} */
const STANDS = words({
  NOT_DUE: "not sent yet",
  QUEUED: "waits to be sent",
  SENT: "sent, not read back yet",
  CONFIRMED: "sent and read back",
  PARTIAL: "arrived in part",
  REJECTED: "refused",
  DRIFTED: "changed in the HR system",
  MANUAL: "in a person’s hands",
});

export class AppraiseWriteBack extends Page {
  static properties = { "write-back": {}, _cycle: { state: true }, _host: { state: true }, _found: { state: true }, _asked: { state: true }, _busy: { state: true } };

  constructor() {
    super();
    this["write-back"] = "";
    /** @type {any} */
    this._cycle = null;
    /** @type {any} the HR system that is looked at */
    this._host = null;
    /** @type {{nodes: any[], counts: any[], totalCount: number, pageInfo: any, asked: boolean} | null} */
    this._found = null;
    /** @type {string | null} the section whose forms are open */
    this._asked = null;
    this._busy = false;
  }

  get #id() {
    return this["write-back"];
  }

  async read() {
    this._cycle = (await this.send(ReadWriteBackHosts, { id: this.#id })).cycle;
    this._host ??= this._cycle.writeBackHosts[0] ?? null;
    document.title = `${t`Written into HR systems`} · ${this._cycle.name} · Appraise`;
    await this.#look(false);
  }

  /** @param {boolean} ask whether the HR system is asked for places and scales */
  async #look(ask) {
    if (this._host === null) return;
    this._busy = ask;
    try {
      const { cycle } = await this.send(ReadWriteBacks, { id: this.#id, host: this._host.name, after: null, ask });
      this._found = { ...cycle.writeBacks, asked: ask };
    } finally {
      this._busy = false;
    }
  }

  async #more() {
    const found = /** @type {any} */ (this._found);
    const { cycle } = await this.send(ReadWriteBacks, { id: this.#id, host: this._host.name, after: found.pageInfo.endCursor, ask: found.asked });
    this._found = { ...cycle.writeBacks, asked: found.asked, nodes: [...found.nodes, ...cycle.writeBacks.nodes] };
  }

  /** @param {Event} event */
  #choose(event) {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    this._host = this._cycle.writeBackHosts.find((/** @type {any} */ one) => one.name === value);
    this._found = null;
    this._asked = null;
    this.guarded(() => this.#look(false));
  }

  #send() {
    return this.guarded(async () => {
      if ((await this.change(SendWriteBacks, { cycleId: this.#id, host: this._host.name })) === null) return;
      await this.#follow();
    });
  }

  #save() {
    return this.guarded(async () => {
      const path = `/cycles/${encodeURIComponent(this.#id)}/write-back/${this._host.name}/file`;
      const file = await /** @type {import("./client.js").Client} */ (this.client).file(path, "POST");
      saveFile(file.name, file);
      await this.#look(false);
    });
  }

  /** @param {string} document @param {Record<string, unknown>} input */
  #decide(document, input) {
    return this.guarded(async () => {
      if ((await this.change(document, { ...input, host: this._host.name })) === null) return;
      this._asked = null;
      await this.#follow();
    });
  }

  /** Looks again for as long as something waits for its worker. */
  async #follow() {
    await this.#look(false);
    this.follow(async () => {
      await this.#look(false);
      return (this._found?.nodes ?? []).some((one) => UNDER_WAY.includes(one.writeBack?.state) && one.writeBack.problem === null);
    });
  }

  render() {
    const cycle = this._cycle;
    return html`<div class="title">
        ${cycle === null ? nothing : html`<p class="small"><a href=${`/cycles/${cycle.id}`}>${cycle.name}</a></p>`}
        <h1>${t`Written into HR systems`}</h1>
        <p class="lead">${t`Final sections are written into the HR system’s own appraisal and read back there. What a person wrote in it is never overwritten by itself. Your own section is not among these.`}</p>
      </div>
      ${this.failure}
      ${cycle === null ? (this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing) : this._host === null ? html`<p>${t`No HR system is set up to be written into (APPRAISE_HOSTS).`}</p>` : this.#system(cycle)}`;
  }

  /** @param {any} cycle */
  #system(cycle) {
    const found = this._found;
    return html`<section aria-labelledby="system">
        <h2 id="system">${this._host.title}</h2>
        ${cycle.writeBackHosts.length < 2
          ? nothing
          : html`<label><span>${t`HR system`}</span><select @change=${this.#choose}>
              ${cycle.writeBackHosts.map((/** @type {any} */ one) => html`<option value=${one.name} ?selected=${one.name === this._host.name}>${one.name}</option>`)}
            </select></label>`}
        ${this._host.limits.length === 0 ? nothing : html`<details><summary>${t`What it does not allow`}</summary><ul>${this._host.limits.map((/** @type {string} */ one) => html`<li>${one}</li>`)}</ul></details>`}
        ${found === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : this.#sections(found)}
      </section>`;
  }

  /** @param {any} found */
  #sections(found) {
    if (found.totalCount === 0) return html`<p>${t`No section of the cycle is final yet.`}</p>`;
    return html`<dl class="facts">${found.counts.map((/** @type {any} */ one) => html`<div><dt>${STANDS[one.state]}</dt>
        <dd class="number ${STUCK.includes(one.state) ? "attention" : ""}">${number(one.count)}</dd></div>`)}</dl>
      ${this._asked === null ? this.refusal : nothing}
      <div class="actions">
        <button class="button" ?disabled=${this._busy} @click=${() => this.guarded(() => this.#look(true))}>${t`Show what would be sent`}</button>
        ${this._host.importsFiles ? this.#file(found) : html`<button class="button main" ?disabled=${this._busy} @click=${this.#send}>${t`Send what is not there yet`}</button>`}
      </div>
      <p class="soft small" role="status">${this._busy ? t`The HR system is asked …` : found.asked ? t`Nothing was sent.` : ""}</p>
      ${this._host.importsFiles ? html`<p class="lead">${t`This HR system imports a file: save it and take it there. What comes back from there, if anything does, is read by ${html`<code>appraise write-back check ${this._cycle.name} --host ${this._host.name} --answers FILE</code>`}.`}</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label=${t`Sections`}>
        <table>
          <thead><tr><th scope="col">${t`Employee`}</th><th scope="col" class="number">${t`Total here`}</th><th scope="col" class="number">${t`In the HR system`}</th><th scope="col">${t`Where it stands`}</th></tr></thead>
          <tbody>${found.nodes.map((/** @type {any} */ one) => this.#section(one, found.asked))}</tbody>
        </table>
      </div>
      ${found.pageInfo.hasNextPage ? html`<div class="actions"><button class="button" @click=${() => this.guarded(() => this.#more())}>${t`Show more`}</button></div>` : nothing}
      <p class="soft small">${plural(found.totalCount, "{n} section.", "{n} sections.")}</p>`;
  }

  /** @param {any} found */
  #file(found) {
    const isLeft = found.counts.some((/** @type {any} */ one) => TO_WRITE.includes(one.state));
    return isLeft ? html`<button class="button main" @click=${this.#save}>${t`Save the file to import`}</button>` : html`<p>${t`There is nothing left to write.`}</p>`;
  }

  /** @param {any} one @param {boolean} asked */
  #section(one, asked) {
    const line = one.writeBack;
    const state = line?.state ?? "NOT_DUE";
    const differing = (line?.fields ?? []).filter((/** @type {any} */ field) => STUCK.includes(state) && field.sent !== field.found);
    return html`<tr>
      <th scope="row"><a href=${`/sections/${one.sectionId}`}>${one.employeeName}</a></th>
      <td class="number">${one.total === null ? (ABSENCES[one.status] ?? plain(one.status)) : decimal(one.total)}</td>
      <td class="number">${one.written === null ? (asked && one.place !== null ? t`no number` : "") : t`${decimal(one.written.value)} of ${decimal(one.written.lowest)} to ${decimal(one.written.highest)}, by ${decimal(one.written.step)}`}</td>
      <td>
        <b class=${STUCK.includes(state) ? "attention" : ""}>${STANDS[state]}</b>${line?.checkedAt ? html` <span class="soft small">${t`looked at ${moment(line.checkedAt)}`}</span>` : nothing}
        ${(one.problem ?? line?.problem) && differing.length === 0 ? html`<p>${one.problem ?? line.problem}</p>` : nothing}
        ${differing.length === 0 ? nothing : html`<ul>${differing.map((/** @type {any} */ field) => html`<li>${t`${field.name}: sent ${field.sent ?? "–"}, found ${field.found ?? "–"}`}</li>`)}</ul>`}
        ${one.place ?? line?.place ? html`<p class="soft small">${one.place ?? line.place}</p>` : nothing}
        ${STUCK.includes(state) || state === "MANUAL" ? this.#decision(one, state) : nothing}
      </td>
    </tr>`;
  }

  /** @param {any} one @param {string} state */
  #decision(one, state) {
    const key = one.sectionId;
    if (this._asked !== key) return html`<button class="link" @click=${() => { this._asked = key; this._refusal = null; }}>${t`Decide …`}</button>`;
    return html`${this.refusal}
      <div class="actions">
        <button class="button" @click=${() => this.#decide(RetryWriteBack, { sectionId: key, overwrite: state === "DRIFTED" })}>${state === "DRIFTED" ? t`Overwrite what stands there` : t`Send it again`}</button>
        <button class="button" @click=${() => (this._asked = null)}>${t`Leave it`}</button>
      </div>
      ${state === "MANUAL"
        ? nothing
        : html`<form class="card" @submit=${(/** @type {Event} */ event) => this.#decide(SettleWriteBack, { sectionId: key, note: fields(event).note ?? "" })}>
            <label><span>${t`Seen to by hand`}</span><textarea name="note" rows="2" required></textarea><small>${t`Who entered it where, or why the value in the HR system stands. Goes to the audit log.`}</small></label>
            <div class="actions"><button class="button">${t`Note it`}</button></div>
          </form>`}`;
  }

  static styles = [shared, sheets, css`
    td ul { margin: var(--s1) 0 0; padding-inline-start: 1.2em; }
    details ul { padding-inline-start: 1.2em; max-width: calc(var(--measure) + var(--s8)); }
    td p { margin: var(--s1) 0 0; }
  `];
}

customElements.define("appraise-write-back", AppraiseWriteBack);
