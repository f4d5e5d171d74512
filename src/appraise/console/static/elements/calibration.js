// <appraise-calibration>: submitted sections of a cycle side by side; each rating is moved with a reason, or stands.

import { css, html, nothing } from "lit";
import "./ask.js";
import { problems } from "./ask.js";
import { idempotencyKey } from "./client.js";
import { number, plural, region, t } from "./language.js";
import { CalibrateItem, ListCalibrations, LockCalibration, OpenCalibration, ReadCalibrated } from "./operations.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { STATES, date, isContext, isSupported } from "./words.js";

const MOST = 100;
const RATINGS = [1, 2, 3, 4, 5];

/** @typedef {{id: string, name: string, state: string, sectionIds: string[], openedAt: string, lockedAt: string | null, moves: any[], movesOutside: number}} Session */

export class AppraiseCalibration extends Page {
  static properties = {
    _cycles: { state: true },
    _submitted: { state: true },
    _members: { state: true },
    _said: { state: true },
  };

  constructor() {
    super();
    /** @type {any[] | null} */
    this._cycles = null;
    /** Of the chosen cycle, submitted and in no session. @type {any[]} */
    this._submitted = [];
    /** Of the chosen session. @type {any[] | null} */
    this._members = null;
    this._said = "";
    const asked = new URLSearchParams(location.search);
    this.chosen = { cycle: asked.get("cycle") ?? "", session: asked.get("session") ?? "" };
  }

  get #cycle() {
    return this._cycles?.find((one) => one.id === this.chosen.cycle);
  }

  /** @returns {Session | undefined} */
  get #session() {
    return this.#cycle?.calibrationSessions?.find((/** @type {Session} */ one) => one.id === this.chosen.session);
  }

  async read() {
    const { cycles } = await this.send(ListCalibrations, { cycle: this.chosen.cycle, known: this.chosen.cycle !== "" });
    this._cycles = cycles.filter((/** @type {any} */ one) => one.rules.calibrates);
    if (this.#cycle === undefined && this._cycles.length > 0) {
      this.chosen = { cycle: this._cycles[0].id, session: "" };
      return this.read();
    }
    if (this.#cycle === undefined) return;
    const { sections } = await this.send(ListCalibrations, { cycle: this.chosen.cycle, known: true });
    this._submitted = sections?.nodes ?? [];
    if (this.#session === undefined) this.chosen.session = this.#cycle.calibrationSessions[0]?.id ?? "";
    history.replaceState(null, "", `?${new URLSearchParams(this.chosen)}`);
    await this.#readMembers();
  }

  async #readMembers() {
    const session = this.#session;
    if (session === undefined) {
      this._members = null;
      return;
    }
    const found = [];
    for (let start = 0; start < session.sectionIds.length; start += MOST) {
      const { nodes } = await this.send(ReadCalibrated, { ids: session.sectionIds.slice(start, start + MOST) });
      found.push(...nodes.filter((/** @type {any} */ one) => one !== null));
    }
    this._members = found;
  }

  /** @param {{cycle?: string, session?: string}} change */
  #choose(change) {
    this.chosen = { ...this.chosen, ...change };
    this._said = "";
    this.guarded(() => this.read());
  }

  get #ask() {
    return /** @type {import("./ask.js").AppraiseAsk} */ (this.renderRoot.querySelector("appraise-ask"));
  }

  /** @param {any} section @param {any} item */
  #move(section, item) {
    const { supportedRatings: borne } = item;
    const question = {
      title: `${section.person.name}: ${item.indicator.name}`,
      words: `${t`The rating is ${item.rating} of 5.`} ${borne === null ? "" : t`The data bear out ${borne.lowest} to ${borne.highest}; another one is marked and counted.`}`,
      button: t`Move it`,
      fields: /** @type {import("./ask.js").Field[]} */ ([
        { name: "rating", label: t`New rating`, kind: "choice", options: RATINGS.filter((value) => value !== item.rating).map((value) => [`${value}`, t`${value} of 5`]) },
        { name: "reason", label: t`Why`, hint: t`The employee reads it.` },
      ]),
    };
    this.#ask.ask(question, async ({ rating, reason }) => {
      const input = {
        sessionId: this.chosen.session, sectionId: section.id, itemId: item.id, rating: Number(rating), reason,
        expectedVersion: section.version, idempotencyKey: idempotencyKey(),
      };
      return this.#sent(CalibrateItem, input, t`${section.person.name}: ${item.indicator.name} moved to ${rating}.`);
    });
  }

  #lock() {
    const question = { title: t`End this session?`, words: t`Its sections are approved with the ratings as they are, and nothing is moved any more.`, button: t`End it` };
    this.#ask.ask(question, () => this.#sent(LockCalibration, { sessionId: this.chosen.session }, t`The session has ended.`));
  }

  /** @param {string} document @param {Record<string, unknown>} input @param {string} said */
  async #sent(document, input, said) {
    const [payload] = Object.values(await this.send(document, { input }));
    const wrong = problems(payload);
    if (wrong === "" || payload.userErrors.some((/** @type {any} */ one) => one.code === "VERSION_CONFLICT")) await this.read();
    if (wrong === "") this._said = said;
    return wrong;
  }

  /** @param {SubmitEvent} event */
  #open(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const input = { cycleId: this.chosen.cycle, name: String(form.get("name")), sectionIds: form.getAll("section") };
    this.guarded(async () => {
      const { openCalibration } = await this.send(OpenCalibration, { input });
      this._said = problems(openCalibration);
      if (openCalibration.session === null) return;
      this.chosen.session = openCalibration.session.id;
      await this.read();
      this._said = t`The session is open.`;
    });
  }

  render() {
    return html`<h1>${t`Calibration`}</h1>
      ${this.failure} ${this.#results()}
      <appraise-ask></appraise-ask>`;
  }

  #results() {
    if (this._cycles === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    if (this._cycles.length === 0) return html`<p class="empty">${t`No cycle calibrates. Whether one does is set in its rules, before anything is handed in.`} <a href="/cycles">${t`Cycles`}</a></p>`;
    const sessions = this.#cycle?.calibrationSessions ?? [];
    return html`<form class="choose" aria-label=${t`Session`} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
        ${this.#select(t`Cycle`, this._cycles, this.chosen.cycle, (cycle) => this.#choose({ cycle, session: "" }))}
        ${sessions.length === 0 ? nothing : this.#select(t`Session`, sessions, this.chosen.session, (session) => this.#choose({ session }))}
      </form>
      <p role="status" class="said">${this._said}</p>
      ${this.#session === undefined || this._members === null ? nothing : this.#detail(this.#session, this._members)}
      ${this.#opening()}`;
  }

  /** @param {string} label @param {any[]} options @param {string} chosen @param {(id: string) => void} choose */
  #select(label, options, chosen, choose) {
    return html`<label><span>${label}</span>
      <select @change=${(/** @type {any} */ event) => choose(event.target.value)}>
        ${options.map((one) => html`<option value=${one.id} ?selected=${one.id === chosen}>${one.name}${one.state === "LOCKED" ? " (ended)" : ""}</option>`)}
      </select></label>`;
  }

  /** @param {Session} session @param {any[]} members */
  #detail(session, members) {
    const rated = members.flatMap((section) => section.items.filter((/** @type {any} */ item) => !isContext(item)));
    const names = [...new Map(rated.map((item) => [item.indicator.key, item.indicator.name]))];
    return html`<section>
        <h2>${session.name}</h2>
        <p class="soft">${session.lockedAt === null
            ? plural(members.length, "{n} person, open since {0}.", "{n} people, open since {0}.", date(session.openedAt))
            : plural(members.length, "{n} person, open from {0} to {1}.", "{n} people, open from {0} to {1}.", date(session.openedAt), date(session.lockedAt))}
          ${plural(session.moves.length, "{n} rating moved, {0} of them where the data do not bear it out.", "{n} ratings moved, {0} of them where the data do not bear it out.", session.movesOutside)}</p>
        <div class="scroll" tabindex="0" role="region" aria-label=${t`Ratings`}>
          <table>
            <thead><tr><th scope="col">${t`Person`}</th>${names.map(([, name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${members.map((section) => this.#member(session, section, names))}</tbody>
          </table>
        </div>
        <p class="soft small">${t`Level: what a fixed rule makes of the figure. A mark (!) stands where the data do not bear the rating out.`}</p>
        ${session.state === "OPEN" ? html`<p><button class="button" @click=${() => this.#lock()}>${t`End the session`}</button></p>` : nothing}
      </section>
      ${this.#spread(members)} ${this.#moves(session, members)}`;
  }

  /** @param {Session} session @param {any} section @param {[string, string][]} names */
  #member(session, section, names) {
    const { person } = section;
    return html`<tr>
      <th scope="row"><a href="/sections/${section.id}">${person.name}</a>
        <span class="soft small">${person.managerName === null ? "" : t`rated by ${person.managerName}`}${section.state === "IN_CALIBRATION" ? "" : ` · ${STATES[section.state]}`}</span></th>
      ${names.map(([key]) => html`<td>${this.#cell(session, section, section.items.find((/** @type {any} */ item) => item.indicator.key === key))}</td>`)}
    </tr>`;
  }

  /** @param {Session} session @param {any} section @param {any} item */
  #cell(session, section, item) {
    if (item === undefined || item.rating === null) return html`<span class="soft">${t`none`}</span>`;
    const [first] = session.moves.filter((move) => move.itemId === item.id);
    const level = item.result.level ?? null;
    const outside = isSupported(item, item.rating) ? nothing : html`<b class="outside" title=${t`The data do not bear it out`}>!</b>`;
    return html`<span class="rating">${first === undefined ? nothing : html`<s>${first.before ?? t`none`}</s> → `}${item.rating}${outside}</span>
      <span class="soft small">${level === null ? t`no level` : t`level ${level}`}</span>
      ${session.state === "OPEN" && section.allowedActions.includes("CALIBRATE")
        ? html`<button class="link small" @click=${() => this.#move(section, item)} aria-label=${t`Move ${item.indicator.name} of ${section.person.name}`}>${t`Move`}</button>`
        : nothing}`;
  }

  /** How managers rate, beside everybody in the session. @param {any[]} members */
  #spread(members) {
    const ratings = (/** @type {any[]} */ some) => some.flatMap((section) => section.items.map((/** @type {any} */ item) => item.rating).filter((/** @type {any} */ one) => one !== null));
    const managers = [...new Set(members.map((section) => section.person.managerName ?? t`no manager`))].sort((left, right) => left.localeCompare(right, region()));
    const rows = [[t`Everybody`, ratings(members)], ...managers.map((name) => [name, ratings(members.filter((section) => (section.person.managerName ?? t`no manager`) === name))])];
    return html`<section><h2>${t`Ratings by manager`}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label=${t`Ratings by manager`}><table>
        <thead><tr><th scope="col">${t`Manager`}</th><th scope="col">${t`Mean`}</th>${RATINGS.map((value) => html`<th scope="col">${value}</th>`)}</tr></thead>
        <tbody>${rows.map(([name, some]) => {
          const all = /** @type {number[]} */ (some);
          const mean = all.length === 0 ? t`none` : number(all.reduce((sum, one) => sum + one, 0) / all.length, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
          return html`<tr><th scope="row">${name}</th><td>${mean}</td>${RATINGS.map((value) => html`<td>${all.filter((one) => one === value).length}</td>`)}</tr>`;
        })}</tbody></table></div></section>`;
  }

  /** @param {Session} session @param {any[]} members */
  #moves(session, members) {
    if (session.moves.length === 0) return nothing;
    const named = (/** @type {any} */ move) => {
      const section = members.find((one) => one.id === move.sectionId);
      return { name: section?.person.name ?? "", item: section?.items.find((/** @type {any} */ one) => one.id === move.itemId)?.indicator.name ?? "" };
    };
    const outsideFirst = [...session.moves].sort((left, right) => Number(right.isOutside) - Number(left.isOutside));
    return html`<section><h2>${t`What was moved`}</h2>
      <ul>${outsideFirst.map((move) => {
        const { name, item } = named(move);
        return html`<li><b>${name}, ${item}</b>: ${move.before ?? t`none`} → ${move.after}, ${date(move.at)}. ${move.reason}
          ${move.isOutside ? html`<span class="outside">${t`The data do not bear it out.`}</span>` : nothing}</li>`;
      })}</ul></section>`;
  }

  #opening() {
    if (this._submitted.length === 0) {
      return html`<section><h2>${t`A new session`}</h2><p class="soft">${t`Nothing that was handed in waits for one.`}</p></section>`;
    }
    return html`<section><h2>${t`A new session`}</h2>
      <form @submit=${(/** @type {SubmitEvent} */ event) => this.#open(event)}>
        <label for="name">${t`Its name`}</label><input id="name" name="name" required maxlength="200" autocomplete="off" />
        <fieldset><legend>${t`Who is compared`}</legend>
          ${this._submitted.map((section) => html`<label class="tick"><input type="checkbox" name="section" value=${section.id} checked /> ${section.person.name}
            <span class="soft small">${section.person.department ?? ""}</span></label>`)}
        </fieldset>
        <button class="button main">${t`Open the session`}</button>
      </form></section>`;
  }

  static styles = [
    shared,
    css`
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; padding-bottom: var(--s5); }
      h2 { font: 500 var(--size-title) / 1.3 var(--serif); margin-bottom: var(--s2); }
      section { border-top: 1px solid var(--ink); padding-block: var(--s4) var(--s5); }
      .empty { padding-block: var(--s6); font: 400 var(--size-lead) / 1.5 var(--serif); border-top: 1px solid var(--ink); }
      .choose { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s4); }
      .choose label { flex: 0 1 16rem; min-width: 0; font-size: var(--size-small); font-weight: 600; }
      .choose span { display: block; margin-bottom: var(--s1); }
      .choose select { width: 100%; font-weight: 400; }
      .said { min-height: 1.5em; font-weight: 600; padding-block: var(--s2); }
      .scroll { overflow-x: auto; margin-block: var(--s3); }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; min-width: 60%; }
      th, td { text-align: start; padding-block: var(--s2); padding-inline: 0 var(--s5); border-top: 1px solid var(--rule); font-weight: 400; vertical-align: top; }
      thead th { border: 0; font-size: var(--size-small); font-weight: 600; }
      th .small, td .small { display: block; }
      .rating { font: 500 1.1875rem / 1.35 var(--serif); }
      .outside { color: var(--worse); font-weight: 600; }
      ul { padding-inline-start: 1.2em; display: grid; gap: var(--s2); }
      fieldset { margin-block: var(--s4); display: grid; gap: var(--s2); }
      legend, form > label[for] { font-weight: 600; padding: 0; }
      #name { display: block; width: min(100%, 24rem); margin-top: var(--s2); }
      .tick { display: flex; align-items: baseline; gap: var(--s2); min-height: 1.75rem; }
      @media print { .choose, form { display: none; } }
    `,
  ];
}

customElements.define("appraise-calibration", AppraiseCalibration);
