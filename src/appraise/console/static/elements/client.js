// Speaks to the GraphQL API. Our own pages send their session; a host that embeds a component gives it a token.

import { language } from "./language.js";

/** @typedef {{message: string, path?: (string|number)[], extensions?: {code?: string, requestId?: string}}} Problem */

/** Why a request gave nothing: `code` is one of the API's, or OFFLINE where no answer came at all. */
export class RequestFailed extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Client {
  /** @param {string} endpoint @param {string | null} token @param {string | null} frame origin of the page in whose frame we are */
  constructor(endpoint, token, frame = null) {
    this.endpoint = endpoint;
    this.token = token;
    this.frame = frame;
  }

  /**
   * The data of an answer. Fields that are withheld are null in it; an answer without any data throws.
   * @param {string} query @param {Record<string, unknown>} variables
   * @returns {Promise<Record<string, any>>}
   */
  async send(query, variables = {}) {
    const answer = await this.#post(JSON.stringify({ query, variables }));
    /** @type {Problem[]} */
    const problems = answer.errors ?? [];
    const data = answer.data ?? {};
    if (!Object.values(data).some((value) => value !== null) && problems.length > 0) {
      const first = problems[0];
      throw new RequestFailed(first.extensions?.code ?? "INTERNAL", first.message);
    }
    return data;
  }

  /** A file that lies beside the API, under the name that it has there. @param {string} path @param {"GET" | "POST"} method @returns {Promise<File>} */
  async file(path, method = "GET") {
    const address = new URL(path, new URL(this.endpoint, window.location.href));
    const response = await fetch(address, { method, headers: this.#whose(), credentials: this.#cookies }).catch(() => {
      throw new RequestFailed("OFFLINE", "No answer from the service.");
    });
    if (response.ok) {
      const [, name = "file"] = response.headers.get("content-disposition")?.match(/filename\*=utf-8''([^;]+)/) ?? [];
      return new File([await response.blob()], decodeURIComponent(name));
    }
    const told = await response.json().catch(() => null); // a defect is told by a page, and so may a proxy tell its own
    const first = told?.errors?.[0];
    throw new RequestFailed(first?.extensions?.code ?? "INTERNAL", first?.message ?? response.statusText);
  }

  /** Where there is a token, and in a frame of another page always, cookies stay at home. @returns {RequestCredentials} */
  get #cookies() {
    return this.token || this.frame !== null ? "omit" : "same-origin";
  }

  /** With the language in which sentences are to come. @returns {Record<string, string>} */
  #whose() {
    const own = { "accept-language": language() };
    if (!this.token) return this.frame === null ? { ...own, "x-appraise-request": "1" } : own;
    return { ...own, authorization: `Bearer ${this.token}`, ...(this.frame ? { "x-appraise-frame": this.frame } : {}) };
  }

  /** @param {string} body */
  async #post(body) {
    const headers = {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...this.#whose(),
    };
    try {
      const response = await fetch(this.endpoint, { method: "POST", body, headers, credentials: this.#cookies });
      return await response.json();
    } catch {
      throw new RequestFailed("OFFLINE", "No answer from the service.");
    }
  }
}

/** A key that makes a repeated request harmless. `randomUUID` is there only on secure origins. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} endpoint */
export function isElsewhere(endpoint) {
  return new URL(endpoint, window.location.href).origin !== window.location.origin;
}
