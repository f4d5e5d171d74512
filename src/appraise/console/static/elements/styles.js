// What all components share. The custom properties come from the page, or from the host that embeds a component.

import { css } from "lit";

export const shared = css`
  :host { display: block; font: 400 var(--size-text, 1.0625rem) / 1.5 var(--sans, system-ui); color: var(--ink); }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
  fieldset { border: 0; min-width: 0; }
  a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
  :focus-visible, [type=date]:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: var(--corner); }
  .soft { color: var(--ink-soft); }
  .small { font-size: var(--size-small); }
  .hidden {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  .overline { font-size: var(--size-small); font-weight: 600; color: var(--ink-soft); }
  .better { --tone: var(--better); }
  .worse { --tone: var(--worse); }
  .unsure { --tone: var(--unsure); }
  button { font: inherit; cursor: pointer; color: var(--ink); }
  .button {
    font: 600 1rem / 1.2 var(--sans); padding: 0.7rem 1.3rem; border-radius: var(--corner);
    border: 1px solid var(--edge); background: var(--sheet);
  }
  .button:hover { background: var(--wash); }
  .button.main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
  .button.main:hover { filter: brightness(1.12); }
  .link {
    color: var(--accent); background: none; border: 0; padding: var(--s1) 0; text-align: start;
    text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.18em;
  }
  textarea, input, select {
    font: inherit; color: var(--ink); background: var(--sheet); border: 1px solid var(--edge);
    border-radius: var(--corner); padding: 0.55rem 0.7rem; max-width: 100%;
  }
  .notice { border-inline-start: 4px solid var(--accent); background: var(--wash); padding: var(--s3) var(--s4); }
  .notice.bad { border-color: var(--worse); }
  .waiting { background: var(--wash); border-radius: var(--corner); color: transparent; user-select: none; }
  @media print { .button, .link { display: none; } }
`;

export const pictures = css`
  svg { display: block; overflow: visible; direction: ltr; }
  .thin { stroke: var(--tone, var(--ink)); stroke-width: 2; }
  .thick { stroke: var(--tone, var(--ink)); stroke-opacity: 0.38; }
  .point { fill: var(--tone, var(--ink)); stroke: var(--sheet); stroke-width: 2; }
  .earlier { stroke: var(--ink-soft); stroke-width: 1.5; fill: var(--sheet); }
  .expected { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
  .band { fill: var(--ink-soft); fill-opacity: 0.16; }
  .middle { stroke: var(--ink-soft); stroke-width: 1; }
  .axis { stroke: var(--edge); stroke-width: 1; }
  text { font-family: var(--sans); fill: var(--ink-soft); font-size: 13px; font-variant-numeric: tabular-nums; }
  text.label { fill: var(--ink); font-weight: 600; }
  .legend { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); font-size: var(--size-small); color: var(--ink-soft); }
  .legend span { display: inline-flex; align-items: center; gap: var(--s2); }
  .legend svg { flex: none; }
`;

/** A figure with its verdict and working: one indicator's, or all together. */
export const findings = css`
  :host { container: item / inline-size; }
  article { border-top: 1px solid var(--ink); padding-block: var(--s4) var(--s6); }
  header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 var(--s4); }
  h2 { font: 600 var(--size-title) / 1.2 var(--serif); letter-spacing: -0.01em; }
  .question { font: italic 400 var(--size-text) / 1.45 var(--serif); color: var(--ink-soft); margin-top: var(--s1); }
  .finding { display: grid; gap: var(--s4) var(--s6); margin-block: var(--s4) var(--s3); }
  .number { font: 400 2.5rem / 1.1 var(--serif); font-variant-numeric: lining-nums; letter-spacing: -0.02em; }
  .number span { font: 400 var(--size-text) / 1.2 var(--sans); letter-spacing: 0; color: var(--ink-soft); }
  .verdict { margin-block: var(--s2); color: var(--tone); font-weight: 600; text-wrap: pretty; }
  figure { min-width: 0; padding-top: var(--s1); }
  .absence { border-inline-start: 3px double var(--edge); padding-inline-start: var(--s4); margin-block: var(--s4); max-width: var(--measure); }
  .absence .number { font-size: 1.75rem; color: var(--ink-soft); font-style: italic; margin-bottom: var(--s2); }
  .absence p + p + p { margin-top: var(--s2); }
  details { margin-top: var(--s2); }
  summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
  .working { display: grid; gap: var(--s4) var(--s6); padding-block: var(--s2) var(--s4); }
  ol { padding-inline-start: 1.3em; display: grid; gap: var(--s2); align-content: start; }
  li::marker { color: var(--ink-soft); font-variant-numeric: tabular-nums; }
  table { border-collapse: collapse; width: 100%; align-self: start; font-variant-numeric: tabular-nums lining-nums; }
  caption { text-align: start; font-size: var(--size-small); color: var(--ink-soft); padding-bottom: var(--s2); }
  th, td { padding: var(--s1) 0; border-top: 1px solid var(--rule); font-weight: 400; }
  th { text-align: start; padding-inline-end: var(--s3); }
  td { text-align: end; white-space: nowrap; }
  tr:last-child > * { border-top: 1px solid var(--ink); border-bottom: 3px double var(--ink); font-weight: 600; }
  dl { display: grid; gap: var(--s2); padding-block: var(--s2) var(--s3); max-width: var(--measure); }
  dt { font-weight: 600; font-size: var(--size-small); }
  @container item (min-width: 40rem) {
    .finding { grid-template-columns: minmax(15rem, 2fr) 3fr; }
    .working { grid-template-columns: 3fr 2fr; }
  }
  @media print {
    article { break-inside: avoid; padding-bottom: var(--s4); }
    details { display: none; }
  }
`;
