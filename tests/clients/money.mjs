// node money.mjs DIRECTORY < [[MINOR, CURRENCY], …]   what the page says of amounts: all digits, and whole units

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { minorDigits, money } = await import(pathToFileURL(`${process.argv[2]}/currencies.js`).href);
const whole = { minimumFractionDigits: 0, maximumFractionDigits: 0, signDisplay: "exceptZero" };
const told = JSON.parse(readFileSync(0, "utf8")).map((/** @type {[number, string]} */ [minor, currency]) => [
  minorDigits(currency),
  money(minor, currency, "en"),
  money(minor, currency, "en", /** @type {const} */ (whole)),
]);
console.log(JSON.stringify(told));
