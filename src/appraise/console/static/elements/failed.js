// What a page shows where a request gave nothing, with the way on.

import { html } from "lit";
import { t } from "./language.js";
import { failure } from "./words.js";

/**
 * @param {{code: string, message: string}} error
 * @param {string | null} token null where the page's own session asked, which can be begun again
 * @param {() => void} again
 */
export function failed(error, token, again) {
  const isOver = error.code === "UNAUTHENTICATED" && token === null;
  return html`<div class="notice bad" role="alert">
    <p>${failure(error.code, error.message)}</p>
    ${isOver ? html`<p><a href="/sign-in">${t`Sign in again`}</a></p>` : html`<button class="link" @click=${again}>${t`Try again`}</button>`}
  </div>`;
}
