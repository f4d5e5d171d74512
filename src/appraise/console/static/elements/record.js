// <appraise-record>: what is kept of the reader: their sections, who has read them, and all of it to take away.

import { css, html, nothing } from "lit";
import { actorName } from "./audit-words.js";
import { number, t } from "./language.js";
import { ReadRecord } from "./operations.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { STATES, date } from "./words.js";

export class AppraiseRecord extends Page {
  static properties = {
    _viewer: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this._viewer = null;
  }

  async read() {
    this._viewer = (await this.send(ReadRecord)).viewer;
  }

  render() {
    return html`<h1>${t`My record`}</h1>
      ${this.failure} ${this.#results()}`;
  }

  #results() {
    if (this._viewer === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    const { sections } = this._viewer;
    return html`<section>
        <h2>${t`All of it, for you`}</h2>
        <p>${t`One archive with all that is kept of you here: a page to read, the same as data (JSON), and every event behind your figures as a table
          (CSV). Your manager’s ratings are in it once they were shared with you.`}</p>
        <p><a class="button main" href="/record/download" download>${t`Download everything`}</a></p>
      </section>
      ${sections.length === 0 ? html`<section><p class="empty">${t`There is no section of yours yet.`}</p></section>` : sections.map((/** @type {any} */ one) => this.#section(one))}`;
  }

  /** @param {any} section */
  #section(section) {
    const readers = section.readers ?? [];
    return html`<section>
      <h2><a href="/sections/${section.id}">${section.cycle.name}</a> <span class="soft">${STATES[section.state]}</span></h2>
      <h3>${t`Who has read it`}</h3>
      ${readers.length === 0
        ? html`<p class="soft">${t`Nobody but you.`}</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label=${t`Readers of ${section.cycle.name}`}>
            <table>
              <thead><tr><th scope="col">${t`Who`}</th><th scope="col">${t`First`}</th><th scope="col">${t`Last`}</th><th scope="col">${t`Times`}</th></tr></thead>
              <tbody>${readers.map((/** @type {any} */ one) => html`<tr>
                <th scope="row">${actorName(one.name)}${one.through === null ? nothing : html` <span class="soft">${t`in ${one.through}`}</span>`}</th>
                <td>${date(one.first)}</td><td>${date(one.last)}</td><td>${number(one.times)}</td>
              </tr>`)}</tbody>
            </table>
          </div>`}
    </section>`;
  }

  static styles = [
    shared,
    css`
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; padding-bottom: var(--s5); }
      h2 { font: 500 var(--size-title) / 1.3 var(--serif); margin-bottom: var(--s2); }
      h2 span { font: 400 var(--size-text) / 1.3 var(--sans); }
      h3 { font: 600 var(--size-text) / 1.3 var(--sans); margin-block: var(--s3) var(--s1); }
      section { border-top: 1px solid var(--ink); padding-block: var(--s4) var(--s5); }
      section > p { max-width: var(--measure); }
      a.button { display: inline-block; text-decoration: none; margin-top: var(--s4); }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; }
      th, td { text-align: start; padding-block: var(--s2); padding-inline: 0 var(--s5); border-top: 1px solid var(--rule); font-weight: 400; }
      thead th { border: 0; font-size: var(--size-small); font-weight: 600; }
      td { white-space: nowrap; }
      @media (max-width: 40rem) { th, td { padding-inline-end: var(--s3); } td { white-space: normal; } }
      @media print { a.button { display: none; } }
    `,
  ];
}

customElements.define("appraise-record", AppraiseRecord);
