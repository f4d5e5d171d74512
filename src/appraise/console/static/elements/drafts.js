// What somebody has written beside the items of a section and what has become of it: nothing is let go of before it is
// stored or its writer says so, and nothing is stored over what its writer has not seen.

/**
 * @typedef {{rating: number | null, comment: string, reason: string}} Draft
 * @typedef {{kind: "idle"} | {kind: "saving"} | {kind: "saved", at: Date} | {kind: "offline"} |
 *   {kind: "refused", message: string} | {kind: "conflict"}} Status
 * @typedef {{item: string, draft: Draft, base: number}} Sent what is on its way: the words, and the version beside which they were written
 * @typedef {{draft: Draft, base: number, status: Status, sent: Sent | null}} Entry
 * @typedef {{item: any, lacks: "RATING" | "REASON" | "WORDS" | "SAVED", rating: number | null}} Lack
 */

export class Drafts {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** What was stored last, as it was written. @type {Map<string, {draft: Draft, at: Date}>} */
  #stored = new Map();
  #version = 0;

  /** What the page shows from now on. @param {number} version */
  shown(version) {
    this.#version = Math.max(this.#version, version);
  }

  /** Whether anything would be lost if the page went. */
  get isPending() {
    return this.#entries.size > 0;
  }

  /** Items with words that are not stored. */
  get unsaved() {
    return [...this.#entries.keys()];
  }

  /** What was written and is not stored. @param {string} item @returns {Draft | undefined} */
  draft(item) {
    return this.#entries.get(item)?.draft;
  }

  /** What was stored last, as it was written. @param {string} item @returns {Draft | undefined} */
  written(item) {
    return this.#stored.get(item)?.draft;
  }

  /** @param {string} item @returns {Status} */
  status(item) {
    const stored = this.#stored.get(item);
    return this.#entries.get(item)?.status ?? (stored === undefined ? { kind: "idle" } : { kind: "saved", at: stored.at });
  }

  /** Somebody writes on. What is in conflict stays so until they choose. @param {string} item @param {Draft} draft */
  write(item, draft) {
    const entry = this.#entries.get(item);
    if (entry === undefined) this.#entries.set(item, { draft, base: this.#version, status: { kind: "saving" }, sent: null });
    else {
      entry.draft = draft;
      if (entry.status.kind !== "conflict") entry.status = { kind: "saving" };
    }
  }

  /** Store it in the place of what the page shows as stored. @param {string} item */
  keep(item) {
    const entry = this.#entries.get(item);
    if (entry === undefined) return;
    if (entry.status.kind === "conflict") entry.base = this.#version;
    entry.status = { kind: "saving" };
  }

  /** Let go of it. @param {string} item */
  drop(item) {
    this.#entries.delete(item);
    this.#stored.delete(item);
  }

  /** What is to be sent now. Whatever may have arrived without an answer goes first, as it was. @returns {Sent | null} */
  next() {
    for (const [item, entry] of this.#entries) {
      if (entry.status.kind !== "saving" && entry.status.kind !== "offline") continue;
      entry.sent ??= { item, draft: entry.draft, base: entry.base };
      return entry.sent;
    }
    return null;
  }

  /**
   * It is stored, and nobody else had written there.
   * @param {Sent} sent @param {number} version @param {Date} at @param {Draft} found what is stored now: of a repeated request perhaps somebody's since
   */
  stored({ item, draft }, version, at, found = { ...draft, comment: draft.comment.trim() }) {
    this.shown(version);
    const entry = this.#entries.get(item);
    this.#stored.set(item, { draft, at });
    if (entry === undefined) return;
    if (entry.draft === draft) this.#entries.delete(item);
    else if (found.rating !== draft.rating || found.comment !== draft.comment.trim()) this.#settle(item, { kind: "conflict" });
    else Object.assign(entry, { base: version, sent: null, status: { kind: "saving" } });
  }

  /** Somebody else has written there. @param {Sent} sent */
  conflicted({ item }) {
    this.#settle(item, { kind: "conflict" });
  }

  /** It cannot be stored as it is; what was written since may be. @param {Sent} sent @param {string} message */
  refused({ item, draft }, message) {
    const isNewer = this.#entries.get(item)?.draft !== draft;
    this.#settle(item, isNewer ? { kind: "saving" } : { kind: "refused", message });
  }

  /** Nobody knows whether it is stored. @param {Sent} sent @param {string | null} message null where it is sent again by itself */
  unanswered({ item }, message = null) {
    const entry = this.#entries.get(item);
    if (entry !== undefined) entry.status = message === null ? { kind: "offline" } : { kind: "refused", message };
  }

  /** What is stored, read again: a conflict between the same words is none. @param {string} item @param {Draft} stored @param {Date} at */
  compare(item, stored, at) {
    const entry = this.#entries.get(item);
    if (entry?.status.kind !== "conflict" || !isSame(entry.draft, stored)) return;
    this.#stored.set(item, { draft: entry.draft, at });
    this.#entries.delete(item);
  }

  /** @param {string} item @param {Status} status */
  #settle(item, status) {
    const entry = this.#entries.get(item);
    if (entry !== undefined) Object.assign(entry, { status, sent: null });
  }
}

/** Whether something was stored as it was written, the blanks around it left aside: they are kept while somebody types. @param {Draft} written @param {Draft} stored */
export function isSame(written, stored) {
  return written.rating === stored.rating && written.comment.trim() === stored.comment && written.reason.trim() === stored.reason;
}

/**
 * What still stands in the way of handing in: a rating, a reason, words, or that something is not stored.
 * @param {any[]} items @param {Drafts} drafts @param {(item: any, rating: number | null) => boolean} isSupported
 * @returns {Lack[]}
 */
export function missing(items, drafts, isSupported) {
  return items.flatMap((item) => {
    const { rating, comment, reason } = drafts.draft(item.id) ?? item;
    const lack = (/** @type {Lack["lacks"]} */ lacks) => [{ item, lacks, rating }];
    if (isStuck(drafts.status(item.id))) return lack("SAVED");
    if (isRatable(item) && rating === null) return lack("RATING");
    if (isRatable(item) && !isSupported(item, rating) && !reason?.trim()) return lack("REASON");
    if (isRatable(item) && (rating === 1 || rating === 5) && !comment?.trim()) return lack("WORDS");
    return [];
  });
}

/** Whether an item has a figure that is rated. @param {any} item */
export const isRatable = (item) => item.result.__typename === "EstimateResult" && Number(item.weight) > 0;

/** Items whose words wait for their writer, or for the service. @param {any[]} items @param {Drafts} drafts @returns {Lack[]} */
export const stuck = (items, drafts) => items.filter((item) => isStuck(drafts.status(item.id))).map((item) => ({ item, lacks: "SAVED", rating: null }));

/** @param {Status} status */
const isStuck = ({ kind }) => kind === "conflict" || kind === "refused" || kind === "offline";

/** What is stored of the reader's side of an item. @param {any} item @param {boolean} isOwn @returns {Draft} */
export function storedOf(item, isOwn) {
  if (isOwn) return { rating: item.ownRating, comment: item.ownComment ?? "", reason: "" };
  return { rating: item.rating, comment: item.comment ?? "", reason: item.reason ?? "" };
}
