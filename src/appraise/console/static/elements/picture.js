// An estimate as a picture: point, 90 % and 95 % interval, and what was expected. The better side is always to the right.

import { html, nothing, svg } from "lit";
import { number, t } from "./language.js";
import { figure } from "./words.js";

/**
 * @typedef {{value: string, lower: string, upper: string, lower90: string, upper90: string, expected: string,
 *   isBetter: boolean | null, verdict: string}} Estimate
 * @typedef {{cycleName: string, value: string, lower: string, upper: string}} Earlier
 * @typedef {{lowerQuartile: string, middle: string, upperQuartile: string}} Peers
 * @typedef {{unit: string | null, direction: string | null, name: string}} Measure
 */

const MARGIN = 7; // per cent of the width kept free on each side

/** Positions in per cent of the width: no picture has to be drawn anew when its width changes. */
class Scale {
  /** @param {number} low @param {number} high @param {boolean} reversed */
  constructor(low, high, reversed) {
    this.low = low;
    this.high = high;
    this.reversed = reversed;
  }

  /** @param {string | number} value */
  position(value) {
    const part = (Number(value) - this.low) / (this.high - this.low);
    const clipped = Math.min(Math.max(this.reversed ? 1 - part : part, 0), 1);
    return MARGIN + clipped * (100 - 2 * MARGIN);
  }

  /** Round values that lie on the scale, about four of them. */
  ticks() {
    const rough = (this.high - this.low) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
    const first = Math.ceil(this.low / step - 1e-9);
    const last = Math.floor(this.high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  }
}

/** @param {Estimate} estimate @param {Measure} measure @param {Earlier | null} earlier */
function scaleOf(estimate, measure, earlier) {
  const before = earlier === null ? [] : [earlier.lower, earlier.upper];
  const ends = [estimate.lower, estimate.upper, estimate.expected, ...before].map(Number);
  const room = (Math.max(...ends) - Math.min(...ends)) * 0.12 || 1;
  return new Scale(Math.min(...ends) - room, Math.max(...ends) + room, measure.direction === "LOWER_IS_BETTER");
}

/** @param {boolean | null} isBetter */
export const tone = (isBetter) => (isBetter === null ? "unsure" : isBetter ? "better" : "worse");

/** @param {string} y @param {Estimate} estimate @param {Scale} scale @param {number} weight of the 90 % bar in px */
function marks(y, estimate, scale, weight) {
  const x = (/** @type {string} */ value) => `${scale.position(value)}%`;
  return svg`
    <line class="thin" x1=${x(estimate.lower)} x2=${x(estimate.upper)} y1=${y} y2=${y}></line>
    <line class="thick" x1=${x(estimate.lower90)} x2=${x(estimate.upper90)} y1=${y} y2=${y} stroke-width=${weight}></line>
    <circle class="point" cx=${x(estimate.value)} cy=${y} r=${weight * 0.6}></circle>`;
}

/** A tick's label, with as many places as its step has. @param {number} value @param {number[]} all */
function label(value, all) {
  const step = all.length > 1 ? all[1] - all[0] : value;
  const places = [0, 1, 2, 3].find((count) => Math.abs(step - Number(step.toFixed(count))) < step / 1000) ?? 3;
  return number(value, { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** @param {number} position */
const anchor = (position) => (position < 22 ? "start" : position > 78 ? "end" : "middle");

/** The cycle before, beneath and lighter. @param {Earlier} earlier @param {Scale} scale */
function earlierMarks(earlier, scale) {
  const x = (/** @type {string} */ value) => `${scale.position(value)}%`;
  return svg`
    <line class="earlier" x1=${x(earlier.lower)} x2=${x(earlier.upper)} y1="65" y2="65"></line>
    <circle class="earlier" cx=${x(earlier.value)} cy="65" r="4"></circle>`;
}

/**
 * The large picture of a section.
 * @param {Estimate} estimate @param {Measure} measure @param {string} middle what `expected` is called @param {Earlier | null} earlier
 */
export function picture(estimate, measure, middle = t`expected`, earlier = null) {
  const scale = scaleOf(estimate, measure, earlier);
  const expected = scale.position(estimate.expected);
  const ticks = scale.ticks();
  const words =
    t`${measure.name}: ${figure(estimate.value, measure.unit)}; 95 % interval ${figure(estimate.lower, measure.unit)} to ${figure(estimate.upper, measure.unit)}; ${middle} ${figure(estimate.expected, measure.unit)}.` +
    ` ${measure.direction === null ? "" : `${t`Better is to the right.`} `}${estimate.verdict}`;
  return html`<svg class="picture ${tone(estimate.isBetter)}" role="img" aria-label=${words} width="100%" height="118">
    <line class="expected" x1="${expected}%" x2="${expected}%" y1="22" y2="74"></line>
    <text class="label" x="${expected}%" y="14" text-anchor=${anchor(expected)}>
      ${middle} ${figure(estimate.expected, measure.unit)}
    </text>
    ${marks(earlier === null ? "48" : "42", estimate, scale, 12)} ${earlier === null ? nothing : earlierMarks(earlier, scale)}
    <line class="axis" x1="0" x2="100%" y1="74" y2="74"></line>
    ${ticks.map(
      (value) => svg`
        <line class="axis" x1="${scale.position(value)}%" x2="${scale.position(value)}%" y1="74" y2="79"></line>
        <text class="tick" x="${scale.position(value)}%" y="94" text-anchor="middle">${label(value, ticks)}</text>`,
    )}
    ${measure.direction === null
      ? nothing
      : svg`<text class="side" x="0" y="113">${t`← worse`}</text><text class="side" x="100%" y="113" text-anchor="end">${t`better →`}</text>`}
  </svg>`;
}

/**
 * The small picture of a list; `reach` is the same for all of a column, so that rows can be compared.
 * @param {Estimate} estimate @param {Measure} measure @param {number} reach farthest from expected that is drawn
 */
export function strip(estimate, measure, reach) {
  const expected = Number(estimate.expected);
  const scale = new Scale(expected - reach, expected + reach, measure.direction === "LOWER_IS_BETTER");
  const words = t`${measure.name} ${figure(estimate.value, measure.unit)}, expected ${figure(expected, measure.unit)}. ${estimate.verdict}`;
  return html`<svg class="strip ${tone(estimate.isBetter)}" role="img" aria-label=${words} width="100%" height="24">
    <title>${words}</title>
    <line class="expected" x1="50%" x2="50%" y1="2" y2="22"></line>
    ${marks("12", estimate, scale, 7)}
  </svg>`;
}

/**
 * A figure among those of a department: the band is where half of them lie.
 * @param {Estimate} estimate @param {Measure} measure @param {Peers} peers
 */
export function among(estimate, measure, peers) {
  const scale = scaleOf(estimate, measure, { cycleName: "", value: peers.middle, lower: peers.lowerQuartile, upper: peers.upperQuartile });
  const [from, to] = [scale.position(peers.lowerQuartile), scale.position(peers.upperQuartile)].sort((left, right) => left - right);
  const words = t`${measure.name} ${figure(estimate.value, measure.unit)}; half of the department from ${figure(peers.lowerQuartile, measure.unit)} to ${figure(peers.upperQuartile, measure.unit)}.`;
  return html`<svg class="among ${tone(estimate.isBetter)}" role="img" aria-label=${words} width="100%" height="44">
    <rect class="band" x="${from}%" width="${to - from}%" y="4" height="36"></rect>
    <line class="middle" x1="${scale.position(peers.middle)}%" x2="${scale.position(peers.middle)}%" y1="4" y2="40"></line>
    <line class="expected" x1="${scale.position(estimate.expected)}%" x2="${scale.position(estimate.expected)}%" y1="0" y2="44"></line>
    ${marks("22", estimate, scale, 10)}
  </svg>`;
}

/** How to read the pictures. @param {string} [before] name of the cycle before, where it is drawn */
export function legend(before) {
  return html`<p class="legend">
    <span><svg width="14" height="14" aria-hidden="true"><circle class="point" cx="7" cy="7" r="6"></circle></svg> ${t`estimate`}</span>
    <span><svg width="34" height="14" aria-hidden="true"><line class="thick" x1="0" x2="34" y1="7" y2="7" stroke-width="10"></line></svg> ${t`90 % sure it lies here`}</span>
    <span><svg width="34" height="14" aria-hidden="true"><line class="thin" x1="0" x2="34" y1="7" y2="7"></line></svg> ${t`95 % sure`}</span>
    <span><svg width="8" height="14" aria-hidden="true"><line class="expected" x1="4" x2="4" y1="0" y2="14"></line></svg> ${t`expected of anyone with the same customers`}</span>
    ${before === undefined ? nothing : html`<span><svg width="34" height="14" aria-hidden="true"><line class="earlier" x1="0" x2="34" y1="7" y2="7"></line><circle class="earlier" cx="17" cy="7" r="4"></circle></svg> ${before}</span>`}
  </p>`;
}

