/**
 * The pages' only way to the server: JSON in, JSON out, problems as errors.
 *
 * A refused request rejects with ProblemError, an unreachable server with
 * ConnectionError, an aborted one with AbortError. Nothing is retried here.
 */

/**
 * An RFC 9457 problem; `type` names its kind, `errors` holds `{ pointer, detail }` of fields,
 * `members` whatever else this kind tells.
 */
export class ProblemError extends Error {
  constructor({ type, status, title, detail = "", errors = [], ...members }) {
    super(detail || title);
    this.name = "ProblemError";
    this.type = type;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.members = members;
  }

  /** Whether the same request may succeed later: the server's trouble, not the request's. */
  get isPassing() {
    return this.status >= 500 || this.status === 429;
  }
}

export class ConnectionError extends Error {
  constructor() {
    super("Check the connection and try again.");
    this.name = "ConnectionError";
    this.title = "The server cannot be reached";
    this.detail = this.message;
  }
}

export const isAbort = (error) => error?.name === "AbortError";

/** Sends `body` as JSON and answers the parsed JSON, or null when there is none. */
export async function request(method, path, { body, headers, signal } = {}) {
  const sent = { method, signal, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    sent.headers["Content-Type"] = "application/json";
    sent.body = JSON.stringify(body);
  }
  const response = await fetch(path, sent).catch((error) => {
    throw isAbort(error) ? error : new ConnectionError();
  });
  return understand(response.status, await response.text());
}

export const get = (path, signal) => request("GET", path, { signal });

/**
 * Posts a form and reports the bytes that have really left through
 * `onProgress(sent, total)`, which `fetch` cannot. Aborted by `signal`.
 */
export function upload(path, form, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const transfer = new XMLHttpRequest();
    transfer.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded, total));
    transfer.addEventListener("error", () => reject(new ConnectionError()));
    transfer.addEventListener("abort", () => reject(signal.reason));
    transfer.addEventListener("load", () => {
      try {
        resolve(understand(transfer.status, transfer.responseText));
      } catch (error) {
        reject(error);
      }
    });
    signal.addEventListener("abort", () => transfer.abort());
    transfer.open("POST", path);
    transfer.setRequestHeader("Accept", "application/json");
    transfer.send(form);
  });
}

function understand(status, text) {
  const answer = parse(text);
  if (status >= 200 && status < 300) {
    return answer;
  }
  if (status === 401 && location.pathname !== "/login.html") {
    goToLogin();
  }
  throw new ProblemError({ title: `The server answered ${status}`, ...answer, status });
}

/** Gateways answer errors in HTML: what is not JSON counts as no body. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function goToLogin() {
  const next = location.pathname + location.search;
  location.assign(`/login.html?next=${encodeURIComponent(next)}`);
}
