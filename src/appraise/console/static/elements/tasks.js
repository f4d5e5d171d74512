// <appraise-tasks>: what the reader has to do, the most urgent first, each with the way to it.

import { css, html, nothing } from "lit";
import "./delegates.js";
import { number, plural, t, words } from "./language.js";
import { ReadTasks } from "./operations.js";
import { Page } from "./page.js";
import { shared } from "./styles.js";
import { date, until } from "./words.js";

/** @type {Record<string, [one: string, what: string]>} */
const KINDS = words({
  RATE: ["Rate and hand in", "Rate the items beside the evidence, then hand the section in."],
  HAND_IN: ["Hand in without ratings", "No indicator has a figure, so there is nothing to rate. Write what you want to say, and hand the section in."],
  GIVE_PART: ["Give your part", "You were their manager earlier in the cycle, or they report to you in a dotted line. Say how they worked in your time."],
  SUBMIT_IN_PLACE: ["Hand in for somebody", "The manager is on leave; you hand in in their place."],
  SEE_TO_IT: ["See to it", "The manager, who reports to you, has not handed in by the last day. Speak with them; if nothing comes, HR hands it in unreviewed."],
  HAND_IN_UNREVIEWED: ["Hand in unreviewed", "The manager has not handed in by the last day. You can hand it in as provisional, with a reason."],
  APPROVE: ["Approve", "Read what was handed in; approve it, or give it back with a reason."],
  RELEASE: ["Release", "Let the managers share what is approved."],
  SHARE: ["Share", "Show the section to the employee."],
  ANSWER: ["Answer", "Say that you agree, or that you have seen it and do not."],
  ASSESS_SELF: ["Assess yourself", "If you want to: your own view, which nobody sees before your manager has handed in."],
  REOPEN: ["Approve opening again", "Somebody asks to open a final section; it takes a second person."],
  DECIDE_DISPUTE: ["Decide a dispute", "Somebody disputes their rating. Read it beside the evidence, and decide with a reason."],
  DECIDE_CLAIM: ["Decide a claim", "Somebody says that evidence is not theirs, wrong or missing. Read it beside the evidence, and decide with a reason."],
  LOOK_AT_WATCHES: ["Look at the watch-list", "Something newly lies beyond a threshold that you keep."],
  DECIDE_CORRECTION: ["Decide a correction", "Data changed after a section was final. Let it stand with a note, or propose to open it again."],
});

/** @typedef {{kind: string, due: string | null, sectionId: string | null, employeeName: string | null, cycleName: string, forName: string | null}} Task */

/** Where it is done. @param {Task} task */
const place = (task) =>
  task.sectionId === null ? "/contributions#watch-list" :
  task.kind === "GIVE_PART" ? "/parts" :
  task.kind === "DECIDE_DISPUTE" || task.kind === "DECIDE_CLAIM"
    ? `/disputes?section=${encodeURIComponent(task.sectionId)}`
    : `/sections/${task.sectionId}`;

export class AppraiseTasks extends Page {
  static properties = {
    _tasks: { state: true },
  };

  constructor() {
    super();
    /** @type {Task[] | null} */
    this._tasks = null;
  }

  async read() {
    this._tasks = (await this.send(ReadTasks)).viewer.tasks;
  }

  render() {
    return html`<h1>${t`To do`}</h1>
      ${this.failure} ${this.#results()}
      <appraise-delegates .endpoint=${this.endpoint} .token=${this.token}></appraise-delegates>`;
  }

  #results() {
    if (this._tasks === null) return this._failure === null ? html`<p class="soft" role="status">${t`Loading …`}</p>` : nothing;
    if (this._tasks.length === 0) return html`<p class="empty" role="status">${t`Nothing waits for you.`}</p>`;
        const kinds = [...new Set(this._tasks.map((task) => task.kind))];
    return html`<p class="soft small" role="status">${plural(this._tasks.length, "1 thing waits for you, the most urgent first.", "{n} things wait for you, the most urgent first.")}</p>
      ${kinds.map((kind) => this.#kind(kind, (this._tasks ?? []).filter((task) => task.kind === kind)))}`;
  }

  /** @param {string} kind @param {Task[]} tasks */
  #kind(kind, tasks) {
    const [title, what] = KINDS[kind] ?? [kind, ""];
    return html`<section>
      <h2>${title} <span class="soft">${number(tasks.length)}</span></h2>
      <p class="soft">${what}</p>
      <ul>
        ${tasks.map(
          (task) => html`<li>
            <span><a href=${place(task)}>${task.employeeName ?? t`Watch-list`}</a>${task.forName === null ? nothing : html`<br /><span class="soft small">${t`for ${task.forName}`}</span>`}</span>
            <span class="soft small">${task.cycleName}</span>
            ${task.due === null ? html`<span class="soft small">${t`no date`}</span>` : this.#due(task.due, task.kind === "ASSESS_SELF")}
          </li>`,
        )}
      </ul>
    </section>`;
  }

  /** Nobody is late with what is done only if they want to. @param {string} day @param {boolean} isOptional */
  #due(day, isOptional) {
    const { words, isLate } = until(day, new Date());
    return html`<span class="small ${isOptional ? "soft" : isLate ? "late" : ""}">${t`due ${date(`${day}T00:00:00Z`)}, ${words}`}</span>`;
  }

  static styles = [
    shared,
    css`
      h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; padding-bottom: var(--s3); }
      h2 { font: 500 var(--size-title) / 1.3 var(--serif); }
      h2 span { font: 400 var(--size-text) / 1.3 var(--sans); }
      section { border-top: 1px solid var(--ink); padding-block: var(--s4); margin-top: var(--s4); }
      .empty { padding-block: var(--s6); font: 400 var(--size-lead) / 1.5 var(--serif); border-top: 1px solid var(--ink); }
      ul { list-style: none; margin-top: var(--s3); }
      li { display: grid; gap: 0 var(--s4); padding-block: var(--s2); border-top: 1px solid var(--rule); align-items: baseline; }
      li a { font: 500 1.1875rem / 1.35 var(--serif); overflow-wrap: anywhere; }
      .late { color: var(--worse); font-weight: 600; }
      @media (min-width: 40rem) { li { grid-template-columns: 2fr 1fr 2fr; } }
    `,
  ];
}

customElements.define("appraise-tasks", AppraiseTasks);
