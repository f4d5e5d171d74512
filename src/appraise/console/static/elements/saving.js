// Saves ratings and words as they are written, one at a time and in order, and loses none of them: the manager's, or
// the employee's of themselves. What becomes of each is told by `drafts`.

import { RequestFailed, idempotencyKey } from "./client.js";
import { Drafts, storedOf } from "./drafts.js";
import { AssessItem, RateItem } from "./operations.js";
import { failure } from "./words.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./drafts.js").Sent} Sent */

const PAUSE = 700; // milliseconds without a keystroke
const RETRY = 4000;

export class Saving {
  drafts = new Drafts();
  /** @type {Promise<void> | null} */
  #running = null;
  #timer = 0;
  #isOwn = false;
  /** One key per request: one whose answer was lost is repeated, not done twice. @type {WeakMap<Sent, string>} */
  #keys = new WeakMap();

  /**
   * @param {import("./client.js").Client} client @param {string} section
   * @param {(section: any | null) => void} changed called with the section as stored, or null where only a status changed
   * @param {() => void} reread called where the section is another than the page shows
   */
  constructor(client, section, changed, reread) {
    this.client = client;
    this.section = section;
    this.changed = changed;
    this.reread = reread;
  }

  /** @param {{version: number, isOwn: boolean, items: any[]}} section as the page shows it */
  begin({ version, isOwn, items }) {
    this.#isOwn = isOwn;
    this.drafts.shown(version);
    for (const item of items) this.drafts.compare(item.id, storedOf(item, isOwn), new Date());
  }

  get isPending() {
    return this.drafts.isPending;
  }

  /** @param {string} item @param {Draft} draft @param {{soon?: boolean}} when `soon` waits for the end of typing */
  edit(item, draft, { soon = false } = {}) {
    this.drafts.write(item, draft);
    window.clearTimeout(this.#timer);
    if (soon) this.#timer = window.setTimeout(() => this.flush(), PAUSE);
    else this.flush();
    this.changed(null);
  }

  /** In the place of what is stored, or once more. @param {string} item */
  keep(item) {
    this.drafts.keep(item);
    this.flush();
    this.changed(null);
  }

  /** @param {string} item */
  discard(item) {
    this.drafts.drop(item);
    this.changed(null);
  }

  /** Store everything that waits; resolves when it is stored or cannot be. */
  flush() {
    window.clearTimeout(this.#timer);
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      this.changed(null);
    });
    return this.#running;
  }

  async #drain() {
    for (let sent = this.drafts.next(); sent !== null; sent = this.drafts.next()) {
      if (await this.#store(sent)) continue;
      this.#timer = window.setTimeout(() => this.flush(), RETRY);
      return;
    }
  }

  /** @param {Sent} sent @returns {Promise<boolean>} whether there was an answer */
  async #store(sent) {
    const key = this.#keys.get(sent) ?? idempotencyKey();
    this.#keys.set(sent, key);
    const { rating, comment, reason } = sent.draft;
    const input = {
      sectionId: this.section,
      itemId: sent.item,
      rating,
      comment: comment || null,
      ...(this.#isOwn ? {} : { reason: reason || null }),
      expectedVersion: sent.base,
      idempotencyKey: key,
    };
    try {
      const [payload] = Object.values(await this.client.send(this.#isOwn ? AssessItem : RateItem, { input }));
      this.#settle(sent, payload);
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      return this.#failed(sent, error);
    }
  }

  /** @param {Sent} sent @param {{section: any, userErrors: {message: string, code: string}[]}} payload */
  #settle(sent, { section, userErrors }) {
    if (section !== null) {
      const item = section.items.find((/** @type {any} */ one) => one.id === sent.item);
      this.drafts.stored(sent, section.version, new Date(), storedOf(item, this.#isOwn));
      this.changed(section);
      return;
    }
    if (userErrors[0].code === "VERSION_CONFLICT") this.drafts.conflicted(sent);
    else this.drafts.refused(sent, userErrors[0].message);
    this.changed(null);
    this.reread();
  }

  /** @param {Sent} sent @param {RequestFailed} error @returns {boolean} whether others may go on */
  #failed(sent, { code, message }) {
    const isAway = code === "OFFLINE" || code === "UNAVAILABLE";
    if (isAway) this.drafts.unanswered(sent);
    else if (code === "INTERNAL") this.drafts.unanswered(sent, failure(code, message));
    else this.drafts.refused(sent, failure(code, message));
    this.changed(null);
    return !isAway;
  }
}
