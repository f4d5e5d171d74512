// Through whose hands a section goes: who stands in for its manager, who was it before, and who handed it in.

import { html, nothing } from "lit";
import { number, plural, t } from "./language.js";
import "./revisions.js";
import { date, period } from "./words.js";

/** @param {any} one */
const until = (one) => date(`${one.lastDay}T00:00:00Z`);

/** Who stands in for the manager today. @param {any} data */
export const standIns = (data) =>
  data.delegates.map(
    (/** @type {any} */ one) => html`<p class="small">${one.maySubmit
      ? t`${one.name} stands in for ${one.forName} until ${until(one)}.`
      : t`${one.name} stands in for ${one.forName} until ${until(one)}, without handing in.`}</p>`,
  );

/** That nobody reviewed it, at the head of the page. @param {any} data */
export function unreviewed(data) {
  const by = data.handedIn;
  if (!by?.unreviewedReason) return nothing;
  const levels = by.ratedByLevel.join(", ");
  return html`<div class="notice unreviewed" role="note">
    <p><b>${t`Provisional, not reviewed.`}</b> ${t`${by.name} handed it in without the manager: ${html`<q>${by.unreviewedReason}</q>`}`}</p>
    ${!data.ratingsVisible || levels === "" ? nothing : html`<p class="small">${t`The level of the data stands for a rating, and nobody judged it: ${levels}.`}</p>`}
  </div>`;
}

/** When and by whom it was handed in, and on what evidence. @param {any} data @param {(() => void) | null} save */
export function origin(data, save) {
  if (data.submittedAt === null) return nothing;
  const by = data.handedIn;
  return html`<section class="small soft">
    <p>${by?.forName ? t`Handed in on ${date(data.submittedAt)} by ${by.name} for ${by.forName}.` : t`Handed in on ${date(data.submittedAt)}.`}</p>
    ${data.manifestHash === null ? nothing : html`<p>${t`Evidence frozen as ${html`<code title=${data.manifestHash}>${data.manifestHash.slice(0, 12)}</code>`}`}</p>`}
    ${data.state === "FINALISED" && save !== null ? html`<p class="deeds"><button class="button" @click=${save}>${t`Save as PDF`}</button></p>` : nothing}
  </section>`;
}

/** As it stood before. @param {any} data @param {import("./client.js").Client | undefined} client */
export const earlier = (data, client) =>
  data.revision < 2 ? nothing : html`<appraise-revisions class="context" .client=${client} .section=${data.id}></appraise-revisions>`;

/** What former and dotted managers say, and what all ratings come to by days; nothing is taken over by itself. @param {any} data */
export function parts(data) {
  if (data.parts.length === 0) return nothing;
  const names = new Map(data.items.map((/** @type {any} */ item) => [item.id, item.indicator.name]));
  return html`<section>
    <h2>${t`Other managers’ parts`}</h2>
    ${data.parts.map((/** @type {any} */ part) => html`<p class="small"><b>${part.authorName}</b>, ${whose(part)}, ${period(part.firstDay, after(part.lastDay))}</p>
      ${part.givenAt === null ? html`<p class="small soft">${waiting(data, part)}</p>` : html`<ul class="missing small">${part.marks.map(mark)}</ul>`}`)}
    ${data.ratingsByDays.length === 0
      ? nothing
      : html`<p class="small">${t`Weighted by days, with the ratings as they stand: ${data.ratingsByDays.map((/** @type {any} */ one) => `${names.get(one.itemId)} ${number(Number(one.value))}`).join(", ")}. A proposal; whoever signs decides.`}</p>`}
  </section>`;
}

/** @param {any} part */
function whose(part) {
  if (part.kind === "DOTTED") return t`dotted line`;
  const days = plural(part.days, "manager for {n} day", "manager for {n} days");
  return part.kind === "KEPT" ? t`${days}, and not asked any more: counts for nothing` : days;
}

/** @param {any} data @param {any} part */
function waiting(data, part) {
  if (!data.ratingsVisible) return t`Shown when the section is shared with you.`;
  return part.canGive ? t`Not given yet.` : t`Has left or is away: signed without.`;
}

/** @param {any} one */
const mark = (one) => html`<li>${one.indicator.name}${one.rating === null ? nothing : html`: ${t`${one.rating} of 5`}`}${one.comment === null ? nothing : html`<blockquote>${one.comment}</blockquote>`}</li>`;

/** The day after. @param {string} day */
const after = (day) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
