// Who of a cycle is missing and why, and who is exempt: by reason, so that one mend serves all of a kind.

import { html, nothing } from "lit";
import { EXEMPTIONS, OBSTACLES } from "./hr-words.js";
import { plural, t } from "./language.js";
import { STATES } from "./words.js";

const EXEMPTABLE = ["COLLECTING", "DRAFT"];
const CLOSED = ["CLOSED", "ARCHIVED", "CANCELLED"];
const OPEN = ["OPEN", "SCORING"]; // where an exemption can end

/**
 * @typedef {{id: string, state: string, version: number, exemption: {reason: string, note: string | null} | null}} Section
 * @typedef {{
 *   asked: string | null, refusal: unknown, matches: any, ask: (deed: string) => void,
 *   exempt: (section: Section, event: Event) => void, end: (section: Section) => void, find: (event: Event) => void,
 * }} Desk
 */

/** @param {any} cycle @param {Desk} desk */
export function readiness(cycle, desk) {
  const { ready, missing } = cycle.readiness;
  const kinds = Object.keys(OBSTACLES).filter((kind) => missing.some((/** @type {any} */ one) => has(one, kind)));
  const isHr = cycle.allowedActions.length > 0;
  const mayExempt = isHr && !CLOSED.includes(cycle.state);
  return html`<section aria-labelledby="readiness">
    <h2 id="readiness">${t`Who is missing, and why`}</h2>
    <p>${plural(ready, "{n} person has nothing in the way.", "{n} people have nothing in the way.")}
      ${missing.length === 0 ? nothing : html`${plural(missing.length, "{n} other has.", "{n} others have.")} ${t`Mend each kind where it comes from, or exempt with a reason.`}`}</p>
    ${kinds.map((kind) => group(kind, missing.filter((/** @type {any} */ one) => has(one, kind)), cycle, desk, mayExempt))}
    ${mayExempt ? somebody(cycle, desk) : nothing}
  </section>`;
}

/** @param {any} person @param {string} kind */
const has = (person, kind) => person.obstacles.some((/** @type {any} */ one) => one.obstacle === kind);

/** @param {string} kind @param {any[]} people @param {any} cycle @param {Desk} desk @param {boolean} mayExempt */
function group(kind, people, cycle, desk, mayExempt) {
  return html`<details ?open=${people.length <= 8}>
    <summary>${OBSTACLES[kind]}: ${plural(people.length, "{n} person", "{n} people")}</summary>
    <ul class="rows people">
      ${people.map((person) => {
        const section = person.employee?.section ?? null;
        const found = person.obstacles.find((/** @type {any} */ one) => one.obstacle === kind);
        const why = section?.exemption ? `${EXEMPTIONS[section.exemption.reason]}${section.exemption.note ? `: ${section.exemption.note}` : ""}` : found.sentence;
        return html`<li>
          ${named(person.name, section)} <span>${why}</span> ${deeds(person.name, section, cycle, desk, mayExempt, kind)}
          ${form(person.name, section, desk, kind)}
        </li>`;
      })}
    </ul>
  </details>`;
}

/** @param {string} name @param {Section | null} section */
const named = (name, section) => (section === null ? html`<span class="name">${name}</span>` : html`<a class="name" href="/sections/${section.id}">${name}</a>`);

/** @param {string} name @param {Section | null} section @param {any} cycle @param {Desk} desk @param {boolean} mayExempt @param {string} place */
function deeds(name, section, cycle, desk, mayExempt, place) {
  if (section === null || !mayExempt) return nothing;
  if (section.state === "EXEMPT") {
    return OPEN.includes(cycle.state)
      ? html`<span class="actions"><button class="link" aria-label=${t`End the exemption of ${name}`} @click=${() => desk.end(section)}>${t`End the exemption`}</button></span>`
      : nothing;
  }
  return EXEMPTABLE.includes(section.state)
    ? html`<span class="actions"><button class="link" aria-label=${t`Exempt ${name}`} aria-expanded=${desk.asked === place + section.id} @click=${() => desk.ask(place + section.id)}>${t`Exempt …`}</button></span>`
    : nothing;
}

/** @param {string} name @param {Section | null} section @param {Desk} desk @param {string} place */
function form(name, section, desk, place) {
  if (section === null || desk.asked !== place + section.id) return nothing;
  return html`<form class="card wide" @submit=${(/** @type {Event} */ event) => desk.exempt(section, event)}>
    ${desk.refusal}
    <div class="fields">
      <label><span>${t`Why is ${name} exempt?`}</span>
        <select name="reason" required>
          <option value="">${t`Choose a reason`}</option>
          ${Object.entries(EXEMPTIONS).map(([value, words]) => html`<option value=${value}>${words}</option>`)}
        </select></label>
      <label><span>${t`More about it`}</span><input name="note" autocomplete="off" /><small>${t`Stays with the section.`}</small></label>
    </div>
    <div class="actions"><button class="button main">${t`Exempt`}</button><button class="button" type="button" @click=${() => desk.ask(place + section.id)}>${t`Leave it`}</button></div>
  </form>`;
}

/** @param {any} cycle @param {Desk} desk */
function somebody(cycle, desk) {
  return html`<form class="card" role="search" aria-label=${t`Somebody to exempt`} @submit=${desk.find}>
      <div class="fields"><label><span>${t`Exempt somebody else`}</span><input type="search" name="search" required autocomplete="off" /><small>${t`Part of a name or job.`}</small></label></div>
      <div class="actions"><button class="button">${t`Find`}</button></div>
    </form>
    ${desk.matches === null
      ? nothing
      : html`<p role="status">${plural(desk.matches.totalCount, "{n} person matches.", "{n} people match.")} ${desk.matches.totalCount > 10 ? t`These are the first 10.` : ""}</p>
          <ul class="rows people">
            ${desk.matches.nodes.map((/** @type {any} */ one) => html`<li>
              ${named(one.name, one.section)}
              <span>${one.section === null ? t`No section in this cycle` : STATES[one.section.state]}</span>
              ${deeds(one.name, one.section, cycle, desk, true, "found")} ${form(one.name, one.section, desk, "found")}
            </li>`)}
          </ul>`}`;
}
