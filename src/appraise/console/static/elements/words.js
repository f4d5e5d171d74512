// Figures and dates as the reader's own language writes them.

import { money } from "./currencies.js";
import { format, number, t, words } from "./language.js";

/** @typedef {{key: string, name: string, question: string, unit: string | null, direction: string | null, counts: string, doesNotCount: string}} Indicator */

const day = () => format(Intl.DateTimeFormat, { dateStyle: "medium", timeZone: "UTC" });

/** Rounded for reading: points and per cent to one place, ratios to two. @param {string | number} value @param {string | null} unit */
export function figure(value, unit) {
  const places = unit === "POINTS" || unit === "PERCENT" ? 1 : 2;
  return number(Number(value), { minimumFractionDigits: places, maximumFractionDigits: places });
}

/**
 * Every digit, so that a sum can be checked by hand; all with as many places as the longest needs.
 * @param {string[]} values the first and the last without a plus sign
 */
export function sum(values) {
  const places = Math.max(...values.map((value) => value.split(".")[1]?.replace(/0+$/, "").length ?? 0));
  return values.map((value, index) => {
    const isTerm = index > 0 && index < values.length - 1;
    const exact = format(Intl.NumberFormat, {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
      signDisplay: isTerm ? "exceptZero" : "auto",
    });
    return exact.format(/** @type {any} */ (value)).replace("-", "−");
  });
}

/** The same number with the other sign; text, so that no digit is lost. @param {string} value */
export const negated = (value) => (value.startsWith("-") ? value.slice(1) : `-${value}`);

/** @param {string} part */
export const share = (part) => `${number(Math.round(Number(part) * 100))}\u00a0%`;

/**
 * A share that falls short, beside what is asked, in as many digits as tell them apart: 59.7 % where 60 % are asked.
 * @param {string} part @param {string} needed @returns {[string, string]}
 */
export function shares(part, needed) {
  const [has, asked] = [Number(part) * 100, Number(needed) * 100];
  const places = [0, 1, 2, 3, 4].find((digits) => Number(has.toFixed(digits)) < Number(asked.toFixed(digits))) ?? 0;
  const told = (/** @type {number} */ value) => `${number(value, { maximumFractionDigits: places })}\u00a0%`;
  return [told(has), told(asked)];
}

/** @type {Record<string, string>} */
const UNITS = words({ POINTS: "of 100 points", RATIO: "times what was expected", PERCENT: "per cent" });

/** Null where the package that defines the indicator is gone. @param {string | null} unit */
export const unitWords = (unit) => (unit === null ? t`in its own unit` : UNITS[unit]);

/** Whether an item is read as context only: it weighs nothing and is not rated. @param {{weight: string}} item */
export const isContext = (item) => Number(item.weight) === 0;

/** Whether the data bear out a rating; outside it needs a reason. @param {any} item @param {number | null} rating */
export const isSupported = (item, rating) =>
  rating === null || item.supportedRatings === null || (item.supportedRatings.lowest <= rating && rating <= item.supportedRatings.highest);

/** First and last day in words; the API's end is the first day after. @param {string} start @param {string | null} end */
export function period(start, end) {
  const first = new Date(`${start}T00:00:00Z`);
  if (end === null) return t`from ${day().format(first)}`;
  const last = new Date(Date.parse(`${end}T00:00:00Z`) - 86_400_000);
  return day().formatRange(first, last);
}

/** @param {Date} moment */
export const time = (moment) => format(Intl.DateTimeFormat, { timeStyle: "short" }).format(moment);

/** @param {string} moment */
export const date = (moment) => day().format(new Date(moment));

/** @type {Record<string, string>} */
export const STATES = words({
  COLLECTING: "Collecting evidence",
  DRAFT: "Draft",
  SUBMITTED: "Submitted",
  IN_CALIBRATION: "In calibration",
  CALIBRATED: "Approved",
  SHARED: "Shared",
  DISPUTED: "Disputed",
  ACKNOWLEDGED: "Answered",
  FINALISED: "Final",
  REOPENED: "Opened again",
  EXEMPT: "Exempt",
  VOID: "Void",
});

/** The usual way, and the step of it that each byway belongs to. */
export const STEPS = ["COLLECTING", "DRAFT", "SUBMITTED", "CALIBRATED", "SHARED", "ACKNOWLEDGED", "FINALISED"];
/** @type {Record<string, string>} */
export const BYWAYS = { IN_CALIBRATION: "SUBMITTED", DISPUTED: "SHARED", REOPENED: "COLLECTING", EXEMPT: "COLLECTING", VOID: "COLLECTING" };

/** @type {Record<string, string>} */
export const ABSENCES = words({
  INSUFFICIENT_EVIDENCE: "too little evidence",
  NOT_OBSERVED: "not observed",
  NOT_APPLICABLE: "does not apply",
  EXCLUDED: "left out",
  WITHHELD: "withheld",
});

/** @param {string} identifier */
export const plain = (identifier) => identifier.replaceAll("_", " ");

/** By what customers and cases are compared. @type {Record<string, string>} */
const FACTORS = words({ channel: "channel", topic: "topic", product: "product", segment: "segment", region: "region", tenure: "tenure", month: "month" });

/** @param {string} factor */
export const factorName = (factor) => FACTORS[factor] ?? plain(factor);

/** What a person reads when a request failed. @param {string} code @param {string} message */
export function failure(code, message) {
  /** @type {Record<string, string>} */
  const sentences = {
    OFFLINE: t`The service does not answer. Check your connection; this page tries again when you are back.`,
    UNAUTHENTICATED: t`Your session has ended.`,
    NOT_FOUND: t`There is no such section, or it is not yours to see.`,
    FORBIDDEN: t`This is not yours to see.`,
    UNAVAILABLE: t`The service is busy for a moment.`,
    INTERNAL: t`The service has a defect here. It has been written to its log.`,
  };
  return sentences[code] ?? message;
}

/**
 * A total: money from its minor units, counts as they are; with a plus sign where it is more than expected.
 * @param {string} value @param {{unit: string, currency: string | null}} of
 */
export function amount(value, of) {
  const how = /** @type {const} */ ({ maximumFractionDigits: of.currency === null ? 1 : 0, signDisplay: "exceptZero" });
  if (of.currency === null) return minus(format(Intl.NumberFormat, how).format(Number(value)));
  return minus(money(value, of.currency, (all) => format(Intl.NumberFormat, all), { minimumFractionDigits: 0, ...how }));
}

/** @param {string} text */
const minus = (text) => text.replace("-", "−");

/** How far off the end of a day is, in words. @param {string} day @param {Date} now */
export function until(day, now) {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  const left = Math.round((Date.parse(`${day}T00:00:00Z`) - today) / 86_400_000);
  return { words: format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(left, "day"), isLate: left < 0 };
}

/** @type {Record<string, string>} */
export const DISPUTES = words({ RATING: "Dispute of the rating", NOT_MINE: "Claim: not mine", WRONG_DATA: "Claim: recorded wrongly", MISSING: "Claim: missing" });

/** How a dispute or a claim stands. @type {Record<string, string>} */
export const OUTCOMES = words({
  OPEN: "Open",
  UPHELD: "The employee was right",
  PARTLY_UPHELD: "Right in part",
  DECLINED: "It stands as it was",
  WITHDRAWN: "Withdrawn",
  EXPIRED: "Not decided in time; it may be filed again",
});

/** @type {Record<string, string>} */
export const STANCES = words({ AGREE: "Seen, and agrees", SEEN_NOT_AGREE: "Seen, and does not agree", NO_RESPONSE: "No answer before it became final" });
