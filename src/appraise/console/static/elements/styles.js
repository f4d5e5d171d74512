// What all components share. The custom properties come from the page, or from the host that embeds a component.

import { css } from "lit";

export const shared = css`
  :host { display: block; font: 400 var(--size-text, 1.0625rem) / 1.5 var(--sans, system-ui); color: var(--ink); }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
  fieldset { border: 0; min-width: 0; }
  a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: var(--corner); }
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
    color: var(--accent); background: none; border: 0; padding: var(--s1) 0; text-align: left;
    text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.18em;
  }
  textarea, input, select {
    font: inherit; color: var(--ink); background: var(--sheet); border: 1px solid var(--edge);
    border-radius: var(--corner); padding: 0.55rem 0.7rem; max-width: 100%;
  }
  .notice { border-left: 4px solid var(--accent); background: var(--wash); padding: var(--s3) var(--s4); }
  .notice.bad { border-color: var(--worse); }
  .waiting { background: var(--wash); border-radius: var(--corner); color: transparent; user-select: none; }
  @media print { .button, .link { display: none; } }
`;

export const pictures = css`
  svg { display: block; overflow: visible; }
  .thin { stroke: var(--tone, var(--ink)); stroke-width: 2; }
  .thick { stroke: var(--tone, var(--ink)); stroke-opacity: 0.38; }
  .point { fill: var(--tone, var(--ink)); stroke: var(--sheet); stroke-width: 2; }
  .expected { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
  .axis { stroke: var(--edge); stroke-width: 1; }
  text { font-family: var(--sans); fill: var(--ink-soft); font-size: 13px; font-variant-numeric: tabular-nums; }
  text.label { fill: var(--ink); font-weight: 600; }
  .legend { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); font-size: var(--size-small); color: var(--ink-soft); }
  .legend span { display: inline-flex; align-items: center; gap: var(--s2); }
  .legend svg { flex: none; }
`;
