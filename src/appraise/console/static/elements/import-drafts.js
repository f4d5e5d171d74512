// How the files of this window are to be read, so that a plan that disappoints can be mended and asked for again.

/** @typedef {{uploadId: string, adapter: string, source: string | null, timeZone: string | null, dateFormat: string | null, asOf: string | null, mapping: string | null, onError: string | null, settings: {name: string, value: string}[]}} Draft */

/** @param {string} id of the import @param {Draft} draft */
export const keep = (id, draft) => sessionStorage.setItem(`import:${id}`, JSON.stringify(draft));

/** @param {string | null} id @returns {Draft | null} */
export const kept = (id) => JSON.parse(sessionStorage.getItem(`import:${id}`) ?? "null");
