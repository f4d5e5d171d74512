// What pages have in common: one client, one failure at a time, and work that is followed to its end.

import { html, nothing } from "lit";
import { Client, RequestFailed } from "./client.js";
import { failed } from "./failed.js";
import { Spoken, language } from "./language.js";

const LOOK_EVERY = 1000; // milliseconds
const MENDABLE = ["BAD_USER_INPUT", "CONFLICT"]; // by whoever fills in the form

export class Page extends Spoken {
  static properties = {
    endpoint: {},
    token: { attribute: false },
    _failure: { state: true },
    _refusal: { state: true },
  };

  constructor() {
    super();
    this.endpoint = "/graphql";
    /** @type {string | null} */
    this.token = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
    /** @type {string | null} what stood in the way of the last change */
    this._refusal = null;
    this._timer = 0;
    /** The language in which all was read. */
    this._readIn = "";
  }

  /** The service works while the page draws its head. */
  connectedCallback() {
    super.connectedCallback();
    if (this.client) return;
    this.client = new Client(this.endpoint, this.token);
    this._readIn = language();
    this.guarded(() => this.read());
  }

  languageChanged() {
    super.languageChanged();
    if (!this.client || this._readIn === language()) return;
    this._readIn = language();
    this.guarded(() => this.read());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearTimeout(this._timer);
  }

  /** Everything that the page shows; a page says here what that is. @returns {Promise<void>} */
  async read() {}

  /** @param {string} query @param {Record<string, unknown>} variables */
  send(query, variables = {}) {
    return /** @type {Client} */ (this.client).send(query, variables);
  }

  /** Does something and shows why where it failed. @param {() => Promise<void>} deed */
  async guarded(deed) {
    try {
      await deed();
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    }
    this.requestUpdate();
  }

  /**
   * Sends a change; null where something stood in the way of it, which `refusal` shows beside the form.
   * @param {string} document @param {Record<string, unknown>} input
   * @returns {Promise<any>}
   */
  async change(document, input) {
    this._refusal = null;
    try {
      const [payload] = Object.values(await this.send(document, { input }));
      if (payload.userErrors.length === 0) return payload;
      this._refusal = payload.userErrors[0].message;
    } catch (error) {
      if (!(error instanceof RequestFailed) || !MENDABLE.includes(error.code)) throw error;
      this._refusal = error.message;
    }
    return null;
  }

  get refusal() {
    return this._refusal === null ? nothing : html`<div class="notice bad" role="alert">${this._refusal}</div>`;
  }

  /** Looks again each second for as long as `deed` says that something goes on. @param {() => Promise<boolean>} deed */
  follow(deed) {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(
      () =>
        this.guarded(async () => {
          if (await deed()) this.follow(deed);
        }),
      LOOK_EVERY,
    );
  }

  get failure() {
    return this._failure === null ? nothing : failed(this._failure, this.token, () => this.guarded(() => this.read()));
  }
}

/** The values of a form's fields by their names; empty ones are null. @param {Event} event @returns {Record<string, string | null>} */
export function fields(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim() || null]));
}
