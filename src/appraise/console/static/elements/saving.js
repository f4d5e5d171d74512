// Saves ratings and words as they are written, one at a time and in order, and loses none of them: the manager's, or
// the employee's of themselves.

import { RequestFailed, idempotencyKey } from "./client.js";
import { AssessItem, RateItem } from "./operations.js";

/**
 * @typedef {{rating: number | null, comment: string, reason: string}} Draft
 * @typedef {{kind: "idle"} | {kind: "saving"} | {kind: "saved", at: Date} | {kind: "offline"} |
 *   {kind: "refused", message: string, mine: Draft} | {kind: "conflict", mine: Draft}} Status
 */

const PAUSE = 700; // milliseconds without a keystroke
const RETRY = 4000;

export class Saving {
  /** @type {Map<string, Draft>} */
  #waiting = new Map();
  /** @type {Map<string, Status>} */
  #status = new Map();
  /** @type {Promise<void> | null} */
  #running = null;
  /** @type {Map<string, Draft>} */
  #written = new Map();
  #timer = 0;
  #version = 0;
  #isOwn = false;
  /** One key per draft: a request whose answer was lost is repeated, not done twice. @type {WeakMap<Draft, string>} */
  #keys = new WeakMap();

  /**
   * @param {import("./client.js").Client} client @param {string} section
   * @param {(section: any | null) => void} changed called with the section as stored, or null where only a status changed
   */
  constructor(client, section, changed) {
    this.client = client;
    this.section = section;
    this.changed = changed;
  }

  /** @param {{version: number, isOwn: boolean}} section as last read */
  begin({ version, isOwn }) {
    this.#version = version;
    this.#isOwn = isOwn;
  }

  /** @param {string} item @returns {Status} */
  status(item) {
    return this.#status.get(item) ?? { kind: "idle" };
  }

  /** What was written and is not stored yet. @param {string} item */
  draft(item) {
    const status = this.status(item);
    return this.#waiting.get(item) ?? ("mine" in status ? status.mine : undefined);
  }

  /** What was stored last, as it was written. @param {string} item */
  written(item) {
    return this.#written.get(item);
  }

  get isPending() {
    return this.#waiting.size > 0 || this.#running !== null;
  }

  /** @param {string} item @param {Draft} draft @param {{soon?: boolean}} when `soon` waits for the end of typing */
  edit(item, draft, { soon = false } = {}) {
    this.#waiting.set(item, draft);
    this.#status.set(item, { kind: "saving" });
    window.clearTimeout(this.#timer);
    if (soon) this.#timer = window.setTimeout(() => this.flush(), PAUSE);
    else this.flush();
    this.changed(null);
  }

  /** @param {string} item */
  discard(item) {
    this.#waiting.delete(item);
    this.#status.delete(item);
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
    while (this.#waiting.size > 0) {
      const [item, draft] = /** @type {[string, Draft]} */ (this.#waiting.entries().next().value);
      const outcome = await this.#store(item, draft);
      if (outcome === "offline") {
        this.#timer = window.setTimeout(() => this.flush(), RETRY);
        return;
      }
    }
  }

  /** @param {string} item @param {Draft} draft @returns {Promise<"done" | "offline">} */
  async #store(item, draft) {
    const key = this.#keys.get(draft) ?? idempotencyKey();
    this.#keys.set(draft, key);
    try {
      const input = {
        sectionId: this.section,
        itemId: item,
        rating: draft.rating,
        comment: draft.comment || null,
        ...(this.#isOwn ? {} : { reason: draft.reason || null }),
        expectedVersion: this.#version,
        idempotencyKey: key,
      };
      const [{ section, userErrors }] = Object.values(await this.client.send(this.#isOwn ? AssessItem : RateItem, { input }));
      if (this.#waiting.get(item) === draft) this.#waiting.delete(item);
      this.#settle(item, draft, section, userErrors);
      return "done";
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.code === "OFFLINE" || error.code === "UNAVAILABLE") {
        this.#status.set(item, { kind: "offline" });
        this.changed(null);
        return "offline";
      }
      this.#waiting.delete(item);
      this.#status.set(item, { kind: "refused", message: error.message, mine: draft });
      this.changed(null);
      return "done";
    }
  }

  /** @param {string} item @param {Draft} mine @param {any} section @param {{message: string, code: string}[]} userErrors */
  #settle(item, mine, section, userErrors) {
    if (section !== null) {
      this.#version = section.version;
      this.#written.set(item, mine);
      if (!this.#waiting.has(item)) this.#status.set(item, { kind: "saved", at: new Date() });
      this.changed(section);
    } else if (userErrors[0].code === "VERSION_CONFLICT") {
      this.#status.set(item, { kind: "conflict", mine: this.#waiting.get(item) ?? mine });
      this.#waiting.delete(item);
      this.changed(null);
    } else {
      this.#waiting.delete(item);
      this.#status.set(item, { kind: "refused", message: userErrors[0].message, mine });
      this.changed(null);
    }
  }
}
