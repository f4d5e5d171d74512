// <appraise-fairness>: verdicts about groups as they were published at the machine, and where the whole report is found.

import { css, html, nothing } from "lit";
import { ReadFairness } from "./hr-operations.js";
import { moment } from "./hr-words.js";
import { t, words } from "./language.js";
import { sheets } from "./page-styles.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";

/** @type {Record<string, string>} */
const VERDICTS = words({ EVIDENCE: "evidence", MONITOR: "monitor", TOO_SMALL: "too small", NO_EVIDENCE: "no evidence" });
/** @type {Record<string, string>} */
const TONES = { EVIDENCE: "bad", MONITOR: "now" };

/**
 * @typedef {{question: string, indicator: {name: string} | null, category: string, comparedWith: string, verdict: string}} Verdict
 * @typedef {{cycleName: string, computedAt: string, attributes: {attribute: string, isComplete: boolean, verdicts: Verdict[]}[]}} Report
 */

export class AppraiseFairness extends Page {
  static properties = { _reports: { state: true } };

  constructor() {
    super();
    /** @type {Report[] | null} */
    this._reports = null;
  }

  async read() {
    this._reports = (await this.send(ReadFairness)).fairnessReports;
  }

  render() {
    return html`<div class="title">
        <h1>${t`Fairness`}</h1>
        <p class="lead">${t`Whether results and ratings fall differently on groups. Protected attributes lie apart and never reach this service; what is shown here are verdicts about groups, without counts, as they were published at the machine.`}</p>
      </div>
      ${this.failure} ${this.#list()}
      <section>
        <h2>${t`How to read this`}</h2>
        <dl>
          <dt>${VERDICTS.EVIDENCE}</dt><dd>${t`Under four fifths of the highest rate, unlikely by chance, and one person would not turn it. Somebody has to look into it.`}</dd>
          <dt>${VERDICTS.MONITOR}</dt><dd>${t`Only one of the two: look again with more people.`}</dd>
          <dt>${VERDICTS.TOO_SMALL}</dt><dd>${t`These numbers could never show a difference, or one person would turn the result.`}</dd>
          <dt>${VERDICTS.NO_EVIDENCE}</dt><dd>${t`Neither. That is no proof of fairness.`}</dd>
        </dl>
        <p class="soft">${t`No verdict says why rates differ. Rates, intervals and tests are in the whole report, which is given at the machine:`}</p>
        <p><code>appraise fairness report --cycle NAME</code></p>
        <p class="soft">${t`With --publish the verdicts come to this page. Each reading is in the audit log.`}</p>
      </section>`;
  }

  #list() {
    if (this._reports === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    if (this._reports.length === 0) return html`<p class="empty" role="status">${t`No verdicts were published yet.`}</p>`;
    return this._reports.map(
      (report) => html`<section>
        <h2>${report.cycleName}</h2>
        <p class="soft small">${t`Computed at ${moment(report.computedAt)}.`}</p>
        ${report.attributes.map((part) => this.#attribute(report, part))}
      </section>`,
    );
  }

  /** @param {Report} report @param {Report["attributes"][number]} part */
  #attribute(report, part) {
    const name = `${report.cycleName}: ${part.attribute}`;
    return html`<h3>${part.attribute}</h3>
      ${part.verdicts.length === 0
        ? html`<p class="soft">${t`Nothing can be compared.`}</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label=${name}><table>
            <thead><tr><th scope="col">${t`Indicator`}</th><th scope="col">${t`Verdict`}</th><th scope="col">${t`Group`}</th><th scope="col">${t`Against`}</th><th scope="col">${t`Share of people who are`}</th></tr></thead>
            <tbody>${part.verdicts.map(
              (one) => html`<tr><th scope="row">${one.indicator?.name ?? t`Total`}</th><td><span class="chip ${TONES[one.verdict] ?? ""}">${VERDICTS[one.verdict]}</span></td>
                <td>${one.category}</td><td>${one.comparedWith}</td><td>${one.question}</td></tr>`,
            )}</tbody>
          </table></div>`}
      ${part.isComplete ? nothing : html`<p class="soft small">${t`Groups too small to be shown are left out, and what would give them away.`}</p>`}`;
  }

  static styles = [
    shared,
    sheets,
    css`
      h3 { font-size: 1rem; font-weight: 600; padding-block: var(--s3) var(--s1); }
      table { width: 100%; }
      dl { display: grid; gap: var(--s1) var(--s4); max-width: var(--measure); padding-block: var(--s2) var(--s4); }
      dt { font-weight: 600; }
      dd { color: var(--ink-soft); }
      @media (min-width: 40rem) { dl { grid-template-columns: max-content 1fr; } }
    `,
  ];
}

customElements.define("appraise-fairness", AppraiseFairness);
