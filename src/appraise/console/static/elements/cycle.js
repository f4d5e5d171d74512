// <appraise-cycle>: one cycle from stage to stage: what stands in the way, who is missing and why, its rules and its scoring.

import { css, html, nothing } from "lit";
import { ruleFields, rulesOf } from "./cycle-rules.js";
import { readiness } from "./cycle-readiness.js";
import {
  AdvanceCycle, CancelCycle, EndExemption, ExemptSection, FindToExempt, MoveCycle, ReadCycle, ReadScoringJob, SetCycleRules, StartScoring,
} from "./hr-operations.js";
import { STAGES, moment } from "./hr-words.js";
import { idempotencyKey } from "./client.js";
import { number, plural, t } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page, fields } from "./page.js";
import { shared } from "./styles.js";
import { STATES, date, period, share } from "./words.js";

const WAY = ["PLANNED", "OPEN", "SCORING", "CALIBRATION", "SHARING", "CLOSED", "ARCHIVED"];

export class AppraiseCycle extends Page {
  static properties = {
    cycle: {},
    _cycle: { state: true },
    _asked: { state: true },
    _scoring: { state: true },
    _matches: { state: true },
  };

  constructor() {
    super();
    this.cycle = "";
    /** @type {any} */
    this._cycle = null;
    /** @type {Record<string, string>} */
    this.names = {};
    /** @type {string | null} which form is open: a deed, or a section that is to be exempt */
    this._asked = null;
    /** @type {{step: string | null, done: number, total: number, problem: string | null, state: string} | null} */
    this._scoring = null;
    /** @type {any} */
    this._matches = null;
  }

  async read() {
    const { cycle, indicatorDefinitions } = await this.send(ReadCycle, { id: this.cycle });
    this._cycle = cycle;
    this.names = Object.fromEntries(indicatorDefinitions.map((/** @type {any} */ one) => [one.key, one.name]));
    this.names.composite = t`Taken together`;
    document.title = `${cycle.name} · ${t`Cycles`} · Appraise`;
    if (cycle.runGoingOn !== null && this._scoring === null) {
      this._scoring = { ...(cycle.runGoingOn.progress ?? { step: "begin", done: 0, total: 0 }), problem: null, state: "RUNNING" };
      this.follow(async () => {
        const { cycle: now } = await this.send(ReadCycle, { id: this.cycle });
        this._scoring = now.runGoingOn === null ? null : { ...now.runGoingOn.progress, problem: null, state: "RUNNING" };
        if (this._scoring === null) await this.read();
        return this._scoring !== null;
      });
    }
  }

  /** Sends a change and shows either what stood in the way or the cycle anew. @param {string} document @param {Record<string, unknown>} input */
  #change(document, input) {
    return this.guarded(async () => {
      if ((await this.change(document, input)) === null) return;
      this._asked = null;
      this._matches = null;
      await this.read();
    });
  }

  get #expected() {
    return { cycleId: this._cycle.id, expectedState: this._cycle.state };
  }

  #score() {
    return this.guarded(async () => {
      const input = { cycleId: this._cycle.id, idempotencyKey: idempotencyKey() };
      const begun = await this.change(StartScoring, input);
      if (begun === null) return;
      this._scoring = { step: null, done: 0, total: 0, problem: null, state: "WAITING" };
      this.follow(async () => {
        this._scoring = (await this.send(ReadScoringJob, { id: begun.job.id })).scoringJob;
        const goesOn = this._scoring?.state === "WAITING" || this._scoring?.state === "RUNNING";
        if (!goesOn) await this.read();
        return goesOn;
      });
    });
  }

  /** @param {string} deed */
  #ask(deed) {
    this._asked = this._asked === deed ? null : deed;
    this._refusal = null;
  }

  render() {
    if (this._cycle === null) {
      return html`<div class="title"><h1>${t`Cycle`}</h1></div>${this.failure}${this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing}`;
    }
    const cycle = this._cycle;
    return html`<div class="title">
        <p class="small"><a href="/cycles">${t`All cycles`}</a></p>
        <h1>${cycle.name}</h1>
        <p class="lead">${period(cycle.start, cycle.end)}. ${STAGES[cycle.state][1]}</p>
      </div>
      ${this.failure} ${this.#stages(cycle)} ${this.#sections(cycle)} ${this.#figures(cycle)}
      ${readiness(cycle, {
        asked: this._asked,
        refusal: this.refusal,
        matches: this._matches,
        ask: (deed) => this.#ask(deed),
        exempt: (section, event) => {
          const written = fields(event);
          this.#change(ExemptSection, { sectionId: section.id, expectedVersion: section.version, reason: written.reason, note: written.note });
        },
        end: (section) => this.#change(EndExemption, { sectionId: section.id, expectedVersion: section.version }),
        find: (event) => {
          const { search } = fields(event);
          this.guarded(async () => {
            this._matches = search === null ? null : (await this.send(FindToExempt, { search, cycle: cycle.id })).employees;
          });
        },
      })}
      ${this.#rules(cycle)}`;
  }

  /** @param {any} cycle */
  #stages(cycle) {
    const way = WAY.filter((stage) => stage !== "CALIBRATION" || cycle.rules.calibrates);
    const here = way.indexOf(cycle.state);
    const next = cycle.nextStage;
    const may = (/** @type {string} */ action) => cycle.allowedActions.includes(action);
    return html`<section aria-labelledby="stage">
      <h2 id="stage">${t`Stage`}</h2>
      ${cycle.state === "CANCELLED"
        ? html`<p>${STAGES.CANCELLED[0]}. ${STAGES.CANCELLED[1]}</p>`
        : html`<ol class="steps">
            ${way.map((stage, place) => html`<li class=${place < here ? "done" : place === here ? "here" : ""} aria-current=${place === here ? "step" : nothing}>
              <b>${STAGES[stage][0]}</b>${place < here ? html`<span class="hidden"> ${t`(done)`}</span>` : nothing}</li>`)}
          </ol>`}
      ${next === null ? nothing : html`<p><b>${t`Next: ${STAGES[next.state][0]}.`}</b> ${STAGES[next.state][1]}</p>`}
      ${next?.problem ? html`<div class="notice"><p>${t`Not yet: ${next.problem}.`}</p></div>` : nothing}
      ${this._asked === "advance" || this._asked === "cancel" ? this.refusal : nothing}
      ${this._asked === "advance"
        ? html`<form class="card" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.#change(AdvanceCycle, this.#expected); }}>
            <p>${t`Take the cycle from ${STAGES[cycle.state][0]} to ${STAGES[next.state][0]}? There is no way back.`}</p>
            <div class="actions"><button class="button main">${t`Go on to ${STAGES[next.state][0]}`}</button>
              <button class="button" type="button" @click=${() => this.#ask("advance")}>${t`Leave it`}</button></div>
          </form>`
        : nothing}
      ${this._asked === "cancel"
        ? html`<form class="card" @submit=${(/** @type {Event} */ event) => this.#change(CancelCycle, { reason: fields(event).reason ?? "", ...this.#expected })}>
            <label><span>${t`Why is it called off?`}</span><textarea name="reason" rows="2" required></textarea><small>${t`Goes to the audit log. There is no way back.`}</small></label>
            <div class="actions"><button class="button">${t`Call the cycle off`}</button>
              <button class="button" type="button" @click=${() => this.#ask("cancel")}>${t`Leave it`}</button></div>
          </form>`
        : nothing}
      ${this._asked === "advance" || this._asked === "cancel" || !(may("ADVANCE") || may("CANCEL"))
        ? nothing
        : html`<div class="actions">
            ${may("ADVANCE") && !next.problem ? html`<button class="button main" @click=${() => this.#ask("advance")}>${t`Go on to ${STAGES[next.state][0]} …`}</button>` : nothing}
            ${may("CANCEL") ? html`<button class="link" @click=${() => this.#ask("cancel")}>${t`Call it off …`}</button>` : nothing}
          </div>`}
    </section>`;
  }

  /** @param {any} cycle */
  #sections(cycle) {
    const all = cycle.sectionCounts.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.count, 0);
    return html`<section aria-labelledby="sections">
      <h2 id="sections">${t`Sections`}</h2>
      ${all === 0
        ? html`<p>${t`There are none before the cycle is scored.`}</p>`
        : html`<dl class="facts">
            ${cycle.sectionCounts.map((/** @type {any} */ one) => html`<div><dt>${STATES[one.state]}</dt><dd class="number">${number(one.count)} <span class="soft small">${t`of ${all}`}</span></dd></div>`)}
          </dl>`}
      ${cycle.sectionCounts.some((/** @type {any} */ one) => one.state === "FINALISED")
        ? html`<p><a href=${`/cycles/${cycle.id}/write-back`}>${t`Written into HR systems`}</a></p>`
        : nothing}
    </section>`;
  }

  /** @param {any} cycle */
  #figures(cycle) {
    const run = cycle.latestRun;
    return html`<section aria-labelledby="figures">
      <h2 id="figures">${t`Figures`}</h2>
      ${run === null
        ? html`<p>${t`The cycle has not been scored.`}</p>`
        : html`<p>${t`Scored ${moment(run.finishedAt)}, by ${html`<a href="/policies#${run.manifest.policyHash}">${t`this policy`}</a>`}, from data up to ${date(run.manifest.dataAsOf)}.`}</p>`}
      ${this.#progress()}
      ${this._asked === null ? this.refusal : nothing}
      ${cycle.allowedActions.includes("SCORE") && !this.#isScoring
        ? html`<div class="actions"><button class="button" @click=${this.#score}>${run === null ? t`Score the cycle` : t`Score it again`}</button>
            <span class="soft small">${t`Sections that were handed in keep the figures they had.`}</span></div>`
        : nothing}
      ${run === null ? nothing : this.#coverage(run)}
    </section>`;
  }

  get #isScoring() {
    return this._scoring?.state === "WAITING" || this._scoring?.state === "RUNNING";
  }

  #progress() {
    const scoring = this._scoring;
    if (scoring === null) return nothing;
    if (scoring.state === "FAILED") return html`<div class="notice bad" role="alert"><p>${t`Not scored: ${scoring.problem}`}</p></div>`;
    if (!this.#isScoring) return html`<p class="notice good" role="status">${t`Scored.`}</p>`;
    const words = scoring.state === "WAITING" ? t`Waiting for a worker` : `${scoring.step ?? t`begin`} …`;
    return html`<div role="status">
      <p>${words}</p>
      <progress max=${scoring.total || nothing} value=${scoring.total ? scoring.done : nothing} aria-label=${t`Scoring`}></progress>
    </div>`;
  }

  /** @param {any} run */
  #coverage(run) {
    const flags = Object.fromEntries(run.flags.map((/** @type {any} */ one) => [one.indicator, one]));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t`Coverage`}>
        <table>
          <caption>${t`How much could be credited to somebody`}</caption>
          <thead><tr><th scope="col">${t`Indicator`}</th><th scope="col" class="number">${t`Outcomes`}</th><th scope="col" class="number">${t`Attributed`}</th><th scope="col">${t`Told from expected`}</th></tr></thead>
          <tbody>
            ${run.coverage.map((/** @type {any} */ one) => html`<tr>
              <th scope="row">${this.names[one.indicator] ?? one.indicator}</th>
              <td class="number">${number(Math.round(one.total))}</td>
              <td class="number">${Number(one.total) === 0 ? "–" : share(String(one.attributed / one.total))}</td>
              <td>${flags[one.indicator] === undefined ? "–" : told(flags[one.indicator])}</td>
            </tr>`)}
          </tbody>
        </table>
      </div>
      <p class="soft small">${t`Told from expected: of the figures that may carry a consequence, those that differ when chance among all of them is allowed for. A section may say of a single figure that it differs.`}</p>
      <details>
        <summary>${t`How each was measured`}</summary>
        ${run.coverage.map((/** @type {any} */ one) => html`<h3>${this.names[one.indicator] ?? one.indicator}</h3>
          <ul class="notes">${one.notes.map((/** @type {string} */ note) => html`<li>${note}</li>`)}</ul>`)}
      </details>`;
  }

  /** @param {any} cycle */
  #rules(cycle) {
    const rules = cycle.rules;
    const scale = rules.hostScale;
    const may = cycle.allowedActions.includes("SET_RULES");
    const canMove = cycle.allowedActions.includes("MOVE");
    return html`<section aria-labelledby="rules">
      <h2 id="rules">${t`Rules`}</h2>
      ${this._asked === "rules"
        ? html`<form class="card" @submit=${(/** @type {Event} */ event) => this.#change(SetCycleRules, { rules: rulesOf(fields(event)), ...this.#expected })}>
            ${this.refusal} ${ruleFields(rules)}
            <div class="actions"><button class="button main">${t`Set the rules`}</button>
              <button class="button" type="button" @click=${() => this.#ask("rules")}>${t`Leave them`}</button></div>
          </form>`
        : html`<dl class="facts">
              <div><dt>${t`Managers hand in by`}</dt><dd>${rules.rateBy === null ? t`no day set` : date(`${rules.rateBy}T00:00:00Z`)}</dd></div>
              <div><dt>${t`Days to answer`}</dt><dd>${rules.responseDays}</dd></div>
              <div><dt>${t`Objections to one rating`}</dt><dd>${rules.mostDisputes}</dd></div>
              <div><dt>${t`Dotted managers`}</dt><dd>${rules.dottedParts ? t`asked for their view` : t`not asked`}</dd></div>
              <div><dt>${t`Calibration`}</dt><dd>${rules.calibrates ? html`<a href="/calibration?cycle=${cycle.id}">${t`in sessions`}</a>` : t`none; approved one by one`}</dd></div>
              <div><dt>${t`The HR system’s scale`}</dt><dd>${scale === null ? t`nothing is written` : t`${scale.lowest} to ${scale.highest}, by ${scale.step}`}</dd></div>
            </dl>
            ${this._asked === "days" ? this.#days(cycle) : nothing}
            ${may || canMove
              ? html`<div class="actions">
                  ${may ? html`<button class="button" @click=${() => this.#ask("rules")}>${t`Change …`}</button>` : nothing}
                  ${canMove && this._asked !== "days" ? html`<button class="link" @click=${() => this.#ask("days")}>${t`Move it to other days …`}</button>` : nothing}
                </div>`
              : nothing}`}
    </section>`;
  }

  /** Other days for the cycle. The last one is asked for as people name it: it belongs to the cycle. @param {any} cycle */
  #days(cycle) {
    return html`<form class="card" @submit=${(/** @type {Event} */ event) => {
      const { start, last } = fields(event);
      this.#change(MoveCycle, { start, end: moved(last ?? "", 1), ...this.#expected });
    }}>
      ${this.refusal}
      <p>${t`Figures are those of the new days once the cycle is scored again. Sections that were handed in keep theirs.`}</p>
      <div class="fields">
        <label><span>${t`First day`}</span><input type="date" name="start" required .value=${cycle.start} /></label>
        <label><span>${t`Last day`}</span><input type="date" name="last" required .value=${moved(cycle.end, -1)} /></label>
      </div>
      <div class="actions"><button class="button main">${t`Move the cycle`}</button>
        <button class="button" type="button" @click=${() => this.#ask("days")}>${t`Leave it`}</button></div>
    </form>`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .steps { list-style: none; display: grid; gap: var(--s1) var(--s3); counter-reset: step; }
      .steps li { border-top: 3px solid var(--rule); padding-top: var(--s1); color: var(--ink-soft); }
      .steps li b { font-weight: 400; }
      .steps .done { border-color: var(--edge); }
      .steps .here { border-color: var(--accent); color: var(--ink); }
      .steps .here b { font-weight: 600; }
      .notes { padding-inline-start: 1.2em; margin-bottom: var(--s3); }
      details h3 { margin-top: var(--s2); }
      .people { margin-top: var(--s2); }
      @media (min-width: 44rem) {
        .steps { grid-auto-flow: column; grid-auto-columns: 1fr; }
        .people > li { grid-template-columns: 2fr 4fr 1fr; }
      }
    `,
  ];
}

/** A day some days later. @param {string} day @param {number} days */
const moved = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** @param {{judged: number, better: number, worse: number}} flags */
function told(flags) {
  return flags.judged === 0 ? t`nobody’s figure carries consequences` : plural(flags.judged, "{0} better, {1} worse, of {n} person", "{0} better, {1} worse, of {n} people", flags.better, flags.worse);
}

customElements.define("appraise-cycle", AppraiseCycle);
