// Languages that nobody speaks, by which tests and translators see what is not translated, cut off or set from the left.

const ACCENTED = new Map([..."aeiouyAEIOUYcnszCNSZ"].map((letter, place) => [letter, [..."áéíóúýÁÉÍÓÚÝçñšžÇÑŠŽ"][place]]));

/** A third longer, as German is. @param {string} key */
export const accented = (key) => {
  const text = parts(key, (part) => part.replace(/[a-zA-Z]/g, (letter) => ACCENTED.get(letter) ?? letter));
  return `[${text}${" ~~~".repeat(Math.ceil(key.length / 12))}]`;
};

/** Each run of words from the right to the left. @param {string} key */
export const mirrored = (key) => parts(key, (part) => (/[a-zA-Z]/.test(part) ? `\u202e${part}\u202c` : part));

/** @param {string} key @param {(part: string) => string} change what is not a place for a value */
const parts = (key, change) => key.split(/(\{\w+\})/).map((part, place) => (place % 2 === 0 ? change(part) : part)).join("");
