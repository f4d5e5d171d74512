// Money from its minor units, which are those of ISO 4217. Browsers go by what is used in cash: of the Iraqi dinar's
// thousandths and the Serbian dinar's hundredths they know nothing.

/** Codes of the currencies that have other than two minor digits. @type {[number, string][]} */
const OTHERS = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF BEF BYR ESP ITL LUF PTE"],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];
const DIGITS = new Map(OTHERS.flatMap(([digits, codes]) => codes.split(" ").map((code) => /** @type {[string, number]} */ ([code, digits]))));

/** @param {string} currency */
export const minorDigits = (currency) => DIGITS.get(currency) ?? 2;

/**
 * @param {string | number} minor @param {string} currency @param {(how: Intl.NumberFormatOptions) => Intl.NumberFormat} written
 * @param {Intl.NumberFormatOptions} [how] all digits, unless it says otherwise
 */
export function money(minor, currency, written, how) {
  const digits = minorDigits(currency);
  const all = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return written({ ...(how ?? all), style: "currency", currency }).format(Number(minor) / 10 ** digits);
}
