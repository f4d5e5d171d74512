// Through whose hands a section goes: who stands in for its manager, and who handed it in.

import { html, nothing } from "lit";
import { date } from "./words.js";

/** Who stands in for the manager today. @param {any} data */
export const standIns = (data) =>
  data.delegates.map(
    (/** @type {any} */ one) => html`<p class="small">${one.name} stands in for ${one.forName} until ${date(`${one.lastDay}T00:00:00Z`)}${one.maySubmit ? "" : ", without handing in"}.</p>`,
  );

/** When and by whom it was handed in, and on what evidence. @param {any} data @param {(() => void) | null} save */
export function origin(data, save) {
  if (data.submittedAt === null) return nothing;
  const by = data.handedIn;
  const whose = by?.forName ? html` by ${by.name} for ${by.forName}` : nothing;
  return html`<section class="small soft">
    <p>Handed in on ${date(data.submittedAt)}${whose}.</p>
    ${data.manifestHash === null ? nothing : html`<p>Evidence frozen as <code title=${data.manifestHash}>${data.manifestHash.slice(0, 12)}</code></p>`}
    ${data.state === "FINALISED" && save !== null ? html`<p class="deeds"><button class="button" @click=${save}>Save as PDF</button></p>` : nothing}
  </section>`;
}
