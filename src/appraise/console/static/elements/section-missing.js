// What still stands in the way of handing in, each with the way to its place.

import { html } from "lit";
import { t } from "./language.js";

/** @param {import("./drafts.js").Lack[]} found @param {(item: string) => void} go */
export const missingList = (found, go) =>
  html`<ul class="missing">${found.map((one) => html`<li><button class="link" @click=${() => go(one.item.id)}>${said(one)}</button></li>`)}</ul>`;

/** @param {import("./drafts.js").Lack} lack */
function said({ item, lacks, rating }) {
  const name = item.indicator.name;
  if (lacks === "RATING") return t`${name}: a rating`;
  if (lacks === "REASON") return t`${name}: a reason for the ${rating}`;
  if (lacks === "WORDS") return t`${name}: words beside the ${rating}`;
  return t`${name}: what you wrote is not saved`;
}
