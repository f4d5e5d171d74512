// Files to and from the API, with the rights of whoever asks.

import { RequestFailed } from "./client.js";
import { t } from "./language.js";

/** @typedef {import("./client.js").Client} Client */

/** Beside the API's own address. @param {Client} client @param {string} path */
const address = (client, path) => new URL(path, new URL(client.endpoint, location.href));

/** @param {Client} client @returns {Record<string, string>} */
const headers = (client) => (client.token ? { authorization: `Bearer ${client.token}` } : { "x-appraise-request": "1" });

/**
 * Sends a file; `fetch` could not tell how far it is.
 * @param {Client} client @param {File} file @param {(part: number) => void} progress from 0 to 1
 * @returns {Promise<{id: string, name: string}>}
 */
export function upload(client, file, progress) {
  return new Promise((done, refused) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(client, `/uploads?name=${encodeURIComponent(file.name)}`));
    for (const [name, value] of Object.entries(headers(client))) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("error", () => refused(new RequestFailed("OFFLINE", t`No answer from the service.`)));
    request.addEventListener("load", () => {
      const problem = request.response?.errors?.[0];
      if (request.status === 201) done(request.response);
      else refused(new RequestFailed(problem?.extensions?.code ?? "INTERNAL", problem?.message ?? t`The file was not taken.`));
    });
    request.send(file);
  });
}

/** Saves what lies at a path of the API. @param {Client} client @param {string} path @param {string} name */
export async function download(client, path, name) {
  let response;
  try {
    response = await fetch(address(client, path), { headers: headers(client), credentials: "same-origin" });
  } catch {
    throw new RequestFailed("OFFLINE", t`No answer from the service.`);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => null))?.errors?.[0];
    throw new RequestFailed(problem?.extensions?.code ?? "INTERNAL", problem?.message ?? t`The file cannot be had.`);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
