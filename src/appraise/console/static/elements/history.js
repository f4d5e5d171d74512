// A figure over cycles as a small picture: point, 90 % and 95 % interval of each, against what was expected. Better is up.

import { html, svg } from "lit";
import { t } from "./language.js";
import { tone } from "./picture.js";
import { figure } from "./words.js";

/**
 * @typedef {{value: string, lower: string, upper: string, lower90: string, upper90: string, expected: string, isBetter: boolean | null}} Figure
 * @typedef {{name: string, unit: string | null, direction: string | null}} Measure
 */

const HEIGHT = 76;
const NAMES = 18; // px below for the names of cycles
const EDGE = 5; // px kept free above and below

/**
 * @param {{cycle: string, figure: Figure | null}[]} cycles oldest first; without a figure the place stays empty
 * @param {Measure} measure
 * @param {number} reach farthest from expected that is drawn, the same for all pictures of a column
 */
export function history(cycles, measure, reach) {
  const sign = measure.direction === "LOWER_IS_BETTER" ? -1 : 1;
  const middle = HEIGHT / 2;
  /** @param {string} value @param {Figure} one */
  const y = (value, one) => {
    const away = (sign * (Number(value) - Number(one.expected))) / reach;
    return middle - Math.min(Math.max(away, -1), 1) * (middle - EDGE);
  };
  const x = (/** @type {number} */ index) => `${((index + 0.5) / cycles.length) * 100}%`;
  return html`<svg class="history" role="img" aria-label=${said(cycles, measure)} width="100%" height=${HEIGHT + NAMES}>
    <line class="expected" x1="0" x2="100%" y1=${middle} y2=${middle}></line>
    ${cycles.map(({ figure: one }, index) =>
      one === null
        ? svg`<line class="none" x1=${x(index)} x2=${x(index)} y1=${middle - 4} y2=${middle + 4}></line>`
        : svg`<g class=${tone(one.isBetter)}>
            <line class="thin" x1=${x(index)} x2=${x(index)} y1=${y(one.lower, one)} y2=${y(one.upper, one)}></line>
            <line class="thick" x1=${x(index)} x2=${x(index)} y1=${y(one.lower90, one)} y2=${y(one.upper90, one)} stroke-width="8"></line>
            <circle class="point" cx=${x(index)} cy=${y(one.value, one)} r="5"></circle>
          </g>`,
    )}
    ${cycles.map(({ cycle }, index) => svg`<text x=${x(index)} y=${HEIGHT + NAMES - 4} text-anchor="middle">${cycle}</text>`)}
  </svg>`;
}

/** The same in words. @param {{cycle: string, figure: Figure | null}[]} cycles @param {Measure} measure */
function said(cycles, measure) {
  const parts = cycles.map(({ cycle, figure: one }) =>
    one === null
      ? t`${cycle}: none`
      : t`${cycle}: ${figure(one.value, measure.unit)}, 95 % interval ${figure(one.lower, measure.unit)} to ${figure(one.upper, measure.unit)}, expected ${figure(one.expected, measure.unit)}`,
  );
  return t`${measure.name} over time. ${parts.join("; ")}.`;
}

/** How far pictures of one measure reach: wide enough for nearly all intervals. @param {Figure[]} figures @param {number} least */
export function reachOf(figures, least) {
  const ends = figures.flatMap((one) => [one.lower, one.upper].map((end) => Math.abs(Number(end) - Number(one.expected))));
  ends.sort((left, right) => left - right);
  return Math.max(ends[Math.floor(ends.length * 0.97)] ?? 0, least);
}
