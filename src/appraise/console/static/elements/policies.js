// <appraise-policies>: by which rules figures are made, in words; what is odd about them; and what other rules would change.

import { css, html, nothing } from "lit";
import { LintPolicy, ListPolicies, ReadTrial, TryPolicy } from "./hr-operations.js";
import { moment } from "./hr-words.js";
import { number, plural, t, words } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { share } from "./words.js";

/** @type {Record<string, string>} */
const SIDES = words({ BETTER: "better", WORSE: "worse", CANNOT_TELL: "cannot tell", ABSENT: "no figure" });

export class AppraisePolicies extends Page {
  static properties = { _found: { state: true }, _draft: { state: true }, _lint: { state: true }, _trial: { state: true } };

  constructor() {
    super();
    /** @type {any} */
    this._found = null;
    /** @type {string | null} */
    this._draft = null;
    /** @type {any} */
    this._lint = null;
    /** @type {any} */
    this._trial = null;
  }

  async read() {
    this._found = await this.send(ListPolicies);
    await this.updateComplete;
    if (location.hash) this.renderRoot.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)?.scrollIntoView();
  }

  get #policies() {
    const { policies, defaultPolicy } = this._found;
    return policies.length === 0 ? [defaultPolicy] : policies;
  }

  /** @param {SubmitEvent} event */
  #send(event) {
    event.preventDefault();
    const written = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const document = String(written.get("document"));
    this._draft = document;
    this._lint = null;
    this._trial = null;
    return this.guarded(async () => {
      this._lint = (await this.send(LintPolicy, { document })).lintPolicy;
      const isWrong = this._lint.problem !== null || this._lint.findings.some((/** @type {any} */ one) => one.level === "ERROR");
      if (isWrong || /** @type {HTMLButtonElement} */ (event.submitter)?.value !== "try") return;
      const begun = await this.change(TryPolicy, { cycleId: written.get("cycle"), document });
      if (begun === null) return;
      this._trial = begun.trial;
      this.follow(async () => {
        this._trial = (await this.send(ReadTrial, { id: begun.trial.id })).policyTrial;
        return ["WAITING", "RUNNING"].includes(this._trial.state);
      });
    });
  }

  render() {
    return html`<div class="title">
        <h1>${t`Policy`}</h1>
        <p class="lead">${t`By these rules figures are made: what is scored, with which weight, from how much evidence, and what chance has to explain before anything is said.`}</p>
      </div>
      ${this.failure} ${this.#list()}`;
  }

  #list() {
    if (this._found === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    const mayTry = this._found.viewer.permissions.includes("SCORE");
    return html`${this.#policies.map((/** @type {any} */ policy, /** @type {number} */ at) => this.#policy(policy, at === 0))} ${mayTry ? this.#desk() : nothing}`;
  }

  /** @param {any} policy @param {boolean} isNewest */
  #policy(policy, isNewest) {
    const own = policy.choices.filter((/** @type {any} */ one) => !one.isDefault);
    const since = policy.firstUsedAt === null ? t`No scoring run has followed one of its own: the defaults hold.` : t`First followed ${moment(policy.firstUsedAt)}.`;
    return html`<section aria-labelledby=${policy.hash}>
      <h2 id=${policy.hash}>${policy.isDefault ? t`Version ${policy.version}, the defaults` : t`Version ${policy.version}`}${isNewest ? nothing : html` <span class="soft">${t`(an earlier one)`}</span>`}</h2>
      <p class="soft">${since}</p>
      ${findings(policy.findings)}
      ${own.length === 0 ? nothing : html`<h3>${t`Where it departs from the defaults`}</h3>${this.#choices(own)}`}
      ${policy.exceptions.length === 0 ? nothing : html`<h3>${t`What is otherwise for some`}</h3><ul class="exceptions">${policy.exceptions.map((/** @type {string} */ one) => html`<li>${one}</li>`)}</ul>`}
      <details ?open=${isNewest && policy.isDefault}>
        <summary>${t`Every rule of it`}</summary>
        ${groups(policy.choices).map(([name, choices]) => html`<h3>${name}</h3>${this.#choices(choices)}`)}
      </details>
      <details>
        <summary>${t`As a document, for a file under version control`}</summary>
        <pre class="code" tabindex="0" aria-label=${t`Policy document`}>${policy.document}</pre>
      </details>
    </section>`;
  }

  /** @param {any[]} choices */
  #choices(choices) {
    return html`<dl class="choices">
      ${choices.map((one) => html`<div>
        <dt>${sentence(one.meaning)}${one.indicatorName === null ? nothing : html` <span class="soft">(${one.indicatorName})</span>`}</dt>
        <dd><b>${one.value}</b>${one.isDefault || one.defaultValue === null ? nothing : html` <span class="soft">${t`instead of ${one.defaultValue}`}</span>`}
          ${one.reason === null ? nothing : html`<br /><span>${t`Because ${one.reason}.`}</span>`}
          <br /><span class="soft small"><code>${one.key}</code>: ${one.source}</span></dd>
      </div>`)}
    </dl>`;
  }

  #desk() {
    const cycles = this._found.cycles.filter((/** @type {any} */ one) => one.latestRun !== null);
    const isTrying = this._trial !== null && ["WAITING", "RUNNING"].includes(this._trial.state);
    return html`<section aria-labelledby="try">
      <h2 id="try">${t`What if`}</h2>
      <p class="lead">${t`Change a rule below, and see what it would have changed in a cycle that was scored. Nothing is written. What is scored by is the file that
      ${html`<code>APPRAISE_POLICY</code>`} names, which whoever runs the service puts in its place.`}</p>
      <form class="card" @submit=${this.#send}>
        ${this.refusal}
        <label><span>${t`Policy document`}</span><textarea class="code" name="document" spellcheck="false" required .value=${this._draft ?? this.#policies[0].document}></textarea></label>
        ${cycles.length === 0
          ? nothing
          : html`<div class="fields"><label><span>${t`On the data of`}</span><select name="cycle">${cycles.map((/** @type {any} */ one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label></div>`}
        <div class="actions">
          ${cycles.length === 0 ? nothing : html`<button class="button main" value="try" ?disabled=${isTrying}>${t`Try it`}</button>`}
          <button class="button" value="check">${t`Only check it`}</button>
        </div>
      </form>
      ${this._lint === null ? nothing : this.#checked()} ${this._trial === null ? nothing : this.#tried(isTrying)}
    </section>`;
  }

  #checked() {
    const { problem, findings: found } = this._lint;
    if (problem !== null) return html`<div class="notice bad" role="alert"><p>${problem}</p></div>`;
    return found.length === 0 ? html`<div class="notice good" role="status"><p>${t`Nothing is odd about it.`}</p></div>` : html`<div role="status">${findings(found)}</div>`;
  }

  /** @param {boolean} isTrying */
  #tried(isTrying) {
    const trial = this._trial;
    if (isTrying) {
      return html`<div role="status"><p>${trial.step ?? t`Waiting for a worker`} …</p>
        <progress max=${trial.total || nothing} value=${trial.total ? trial.done : nothing} aria-label=${t`Trying`}></progress></div>`;
    }
    if (trial.changes === null) return html`<div class="notice bad" role="alert"><p>${trial.problem ?? t`What came of it has been cleared away.`}</p></div>`;
    const { otherInputs, indicators, weights } = trial.changes;
    return html`<h3>${t`What it would have changed in ${trial.cycle.name}`}</h3><p class="hidden" role="status">${t`Done`}</p>
      ${otherInputs.length === 0 ? nothing : html`<div class="notice"><p>${t`Not only the policy differs since that cycle was scored, also: ${otherInputs.join(", ")}.`}</p></div>`}
      <div class="scroll" tabindex="0" role="region" aria-label=${t`By indicator`}>
        <table>
          <thead><tr><th scope="col">${t`Indicator`}</th><th scope="col" class="number">${t`Figures then`}</th><th scope="col" class="number">${t`By this policy`}</th><th scope="col" class="number">${t`Appear`}</th><th scope="col" class="number">${t`Vanish`}</th><th scope="col" class="number">${t`Say something else`}</th></tr></thead>
          <tbody>${indicators.map((/** @type {any} */ one) => html`<tr><th scope="row">${one.name}</th>${[one.before, one.after, one.appeared, one.vanished, one.changed].map((count) => html`<td class="number">${number(count)}</td>`)}</tr>`)}</tbody>
        </table>
      </div>
      ${indicators.filter((/** @type {any} */ one) => one.changed > 0).map((/** @type {any} */ one) => html`<details>
        <summary>${plural(one.changed, "{0}: of {n} person something else", "{0}: of {n} people something else", one.name)}</summary>
        <ul class="rows">${one.readings.map((/** @type {any} */ change) => html`<li><span>${change.employee?.name ?? t`Somebody`}: ${reading(change.before)} → ${reading(change.after)}</span></li>`)}</ul>
      </details>`)}
      ${weights.length === 0
        ? nothing
        : html`<div class="scroll" tabindex="0" role="region" aria-label=${t`Weights`}>
            <table>
              <caption>${t`Weights are a choice: how many levels of all taken together hang on each`}</caption>
              <thead><tr><th scope="col">${t`Weight`}</th><th scope="col" class="number">${t`moved`}</th><th scope="col" class="number">${t`Another level`}</th></tr></thead>
              <tbody>${weights.map((/** @type {any} */ one) => html`<tr><th scope="row">${one.name}</th><td class="number">${share(one.weight)} → ${share(one.movedTo)}</td><td class="number">${t`${one.changed} of ${one.compared}`}</td></tr>`)}</tbody>
            </table>
          </div>`}`;
  }

  static styles = [
    shared,
    sheets,
    css`
      .choices { display: grid; gap: var(--s3) var(--s6); }
      .choices > div { border-top: 1px solid var(--rule); padding-top: var(--s2); break-inside: avoid; min-width: 0; }
      .choices dd, .choices dt { overflow-wrap: anywhere; }
      details h3 { margin-block: var(--s4) var(--s2); }
      pre { background: var(--wash); padding: var(--s4); margin: 0; overflow: auto; max-height: 32rem; }
      .findings { list-style: none; display: grid; gap: var(--s2); }
      @media (min-width: 52rem) { .choices { grid-template-columns: 1fr 1fr; } }
      @media print { pre { max-height: none; white-space: pre-wrap; } }
    `,
  ];
}

/** @param {{level: string, sentence: string, path: string}[]} found */
function findings(found) {
  if (found.length === 0) return nothing;
  return html`<ul class="findings">
    ${found.map((one) => html`<li class="notice ${one.level === "ERROR" ? "bad" : ""}"><p><b>${one.level === "ERROR" ? t`Stops scoring` : t`To think over`}:</b> ${one.sentence} <code class="soft small">(${one.path})</code></p></li>`)}
  </ul>`;
}

/** By what the rules are of, those of all first. @param {any[]} choices @returns {[string, any[]][]} */
function groups(choices) {
  const names = [...new Set(choices.map((one) => one.indicatorName))];
  return names.map((name) => [name ?? t`Of everything`, choices.filter((one) => one.indicatorName === name).map((one) => ({ ...one, indicatorName: null }))]);
}

/** @param {{side: string, level: number | null}} one */
const reading = (one) => (one.level === null ? SIDES[one.side] : t`${SIDES[one.side]}, level ${one.level}`);

/** @param {string} text */
const sentence = (text) => text[0].toUpperCase() + text.slice(1);

customElements.define("appraise-policies", AppraisePolicies);
