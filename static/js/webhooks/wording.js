/** What webhooks, their events and their deliveries are called, and how they fare. Pure. */
import { formatCount, formatDate, formatDuration, formatNumber } from "../format.js";

export const EVERYTHING = "*";

/** What can be chosen. A test goes to every webhook and need not be. */
export const EVENTS = {
  "product.created": "A product was created, on the page or over the API",
  "product.updated": "A product was edited",
  "product.deleted": "A product was deleted",
  "products.changed": "An import or a bulk operation changed products, up to 100 in a message",
  "import.completed": "An import has ended well",
  "import.failed": "An import has failed, and nothing was changed",
  "import.cancelled": "An import was cancelled",
};

const STATES = {
  pending: "Waiting",
  retrying: "Retrying",
  delivered: "Delivered",
  failed: "Failed",
  cancelled: "Cancelled",
};

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const labelState = (state) => STATES[state] ?? state;

/** Attempts may be seconds apart, so these times have them. */
export const formatMoment = (iso) => MOMENT.format(new Date(iso));

/** A delivery's status, but that one that is pending after a failure is "retrying". */
export const stateOf = ({ status, attempts }) =>
  status === "pending" && attempts.length > 0 && !isSuccess(attempts.at(-1)) ? "retrying" : status;

/** "https://example.com/hooks" is "example.com", which fits where the whole does not. */
export const nameHost = (url) => URL.parse?.(url)?.host || url;

/** The tone and the words of a webhook's badge, and what more there is to say below it. */
export function describeState({ enabled, disabled_reason: reason, failing_since: since }) {
  if (!enabled) {
    return { tone: reason ? "failed" : "", words: "Disabled", more: reason ?? "By hand" };
  }
  return since
    ? { tone: "failing", words: "Failing", more: `Since ${formatDate(since)}` }
    : { tone: "active", words: "Enabled", more: "" };
}

/** "200 in 34 ms", "No answer", or that nothing has been sent. */
export function describeLast({ last_status: code, last_latency_ms: latency }) {
  if (latency === null) {
    return "Nothing sent yet";
  }
  return code === null ? "No answer" : `${code} in ${formatLatency(latency)}`;
}

/** Below ten seconds in milliseconds. */
export const formatLatency = (ms) =>
  ms !== null && ms >= 10000 ? formatDuration(ms / 1000) : `${formatNumber(ms)} ms`;

/** "12 ms / 40 ms": half, and 95 of 100 answers came within that time. */
export const describeLatency = ({ p50, p95 }) =>
  p50 === null ? "–" : `${formatLatency(p50)} / ${formatLatency(p95)}`;

export function describeEvents({ events, each_row: eachRow }) {
  const names = events.includes(EVERYTHING) ? "Everything" : events.join(", ");
  return eachRow ? `${names}; imports and bulk operations row by row, too` : names;
}

/** One attempt in words: "Answered 200 in 34 ms". */
export function describeAttempt({ status_code: code, latency_ms: latency, error }) {
  const time = formatLatency(latency);
  if (code === null) {
    return `${error ?? "There was no answer."} After ${time}.`;
  }
  const more = error ? ` ${error}` : explainCode(code);
  return `Answered ${code} in ${time}.${more}`;
}

function explainCode(code) {
  if (code >= 300 && code < 400) {
    return " Redirects are not followed: give the webhook the address that this one leads to.";
  }
  return code === 410 ? " By 410 the endpoint asks not to be sent anything any more." : "";
}

export const isSuccess = ({ status_code: code, error }) =>
  !error && code !== null && code >= 200 && code < 300;

/** Whether its next attempt is under way or about to be, and not put off. */
export const isUnderWay = ({ status, attempts, next_attempt_at: next }) =>
  status === "pending" && !(attempts.length > 0 && next && new Date(next) > new Date());

/** What has become of a delivery, in a sentence. */
export function describeOutcome(delivery) {
  const { status, attempts, next_attempt_at: next } = delivery;
  if (status === "delivered") {
    return describeAttempt(attempts.at(-1));
  }
  if (status === "pending") {
    return isUnderWay(delivery)
      ? "On its way. Waiting for the answer …"
      : `Will be sent again: ${formatMoment(next)}.`;
  }
  return status === "failed"
    ? `Given up after ${formatCount(attempts.length, "attempt")}.`
    : "Cancelled, because the webhook was disabled or deleted before this had arrived.";
}

/** "200", "No answer", or a dash before the first attempt. */
export function describeAnswer({ attempts }) {
  const last = attempts.at(-1);
  return last ? String(last.status_code ?? "No answer") : "–";
}

export const describeDelay = ({ attempts }) =>
  attempts.length > 0 ? formatLatency(attempts.at(-1).latency_ms) : "–";

/** "10 delivered, 1 failed": what occurs among deliveries, most frequent first. */
export function countStates(deliveries) {
  const counts = new Map();
  for (const state of deliveries.map(stateOf)) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([state, count]) => `${formatNumber(count)} ${labelState(state).toLowerCase()}`)
    .join(", ");
}

/** What a message is about, where it is one thing: a SKU, a file, a number of products. */
export function describeSubject({ payload: { data } }) {
  return data?.sku ?? data?.filename ?? (data?.items ? formatCount(data.items.length, "product") : "");
}
