/** What the parts, the jobs and the failures are called. Pure. */
import { formatCount, formatDuration } from "../format.js";

const PARTS = {
  database: ["Database", "PostgreSQL does not answer. Nothing can be read or written."],
  redis: ["Redis", "Redis does not answer. Imports are taken and wait; their progress is not shown."],
  schema: ["Schema", "The database's schema is not that of this release. Run the migrations."],
  worker: ["Workers", "A queue has no worker that gives a sign of life. Its imports or webhooks wait for one."],
};

const KINDS = {
  import: ["Import", ({ id }) => `/?import=${id}`],
  change_set: ["Operation", ({ id }) => `/history.html?id=${id}`],
  delivery: ["Delivery", ({ id }) => `/webhooks.html?id=${id}`],
  job: ["Job", ({ id }) => `/rq/0/view/job/${encodeURIComponent(id)}`],
};

const OPERATIONS = {
  bulk_delete: "Deleting products",
  bulk_activate: "Activating products",
  bulk_deactivate: "Deactivating products",
  undo: "Undo",
};

const JOBS = {
  run_import: ["Imports a file", "/?import="],
  run_bulk: ["Changes products", "/history.html?id="],
  run_undo: ["Takes changes back", "/history.html?id="],
};

const VERSIONS = {
  application: "Product Importer",
  schema: "Schema",
  postgresql: "PostgreSQL",
  redis: "Redis",
  python: "Python",
};

/** A job's id is its function, what it is about, and the run. */
const JOB_ID = /^(\w+?)-([0-9a-f]{8}-[0-9a-f-]{27})-\d+$/;

export const labelPart = (part) => PARTS[part]?.[0] ?? part;

export const explainPart = (part) => PARTS[part]?.[1] ?? `${part} is missing.`;

export const labelKind = (kind) => KINDS[kind]?.[0] ?? kind;

export const linkFailure = (failure) => KINDS[failure.kind]?.[1](failure) ?? null;

export const describeSubject = ({ kind, subject }) =>
  kind === "change_set" ? (OPERATIONS[subject] ?? subject) : subject;

export const labelVersion = (name) => VERSIONS[name] ?? name;

/** What a worker does, and the page that shows it, if there is one. */
export function describeWork({ job, queue }) {
  if (!job) {
    return { words: queue === "webhooks" ? "Sends what is due" : "Waits for work", link: null };
  }
  const [, name, id] = JOB_ID.exec(job.id) ?? [];
  const [words, link] = JOBS[name] ?? [];
  return words ? { words, link: link + id } : { words: "Works", link: null };
}

/** "2 min 5 sec ago", by the server's clock. */
export function describeAge(moment, now) {
  const seconds = countSeconds(moment, now);
  return seconds === null ? "–" : `${formatDuration(Math.round(seconds))} ago`;
}

/** Seconds from `moment` to `now`; null when there is no such moment, never less than nought. */
export const countSeconds = (moment, now) =>
  moment ? Math.max(0, (new Date(now) - new Date(moment)) / 1000) : null;

/** What webhooks are still to be told. */
export function describeDeliveries({ deliveries, server, webhooks, at }) {
  if (!deliveries) {
    return "";
  }
  const overdue = countSeconds(deliveries.next_at, at);
  const isLate = overdue !== null && overdue > 2;
  const waiting =
    deliveries.pending === 0
      ? "No message to a webhook waits."
      : `Still to be sent to webhooks: ${formatCount(deliveries.pending, "message")}${
          isLate ? `, the first due for ${formatDuration(Math.round(overdue))}.` : "."
        }`;
  const failing = (webhooks?.failing ?? 0) + (webhooks?.given_up ?? 0);
  const told = failing ? ` Failing: ${formatCount(failing, "webhook")}.` : "";
  const untold = server?.announcements
    ? ` To be told of: ${formatCount(server.announcements, "operation")}.`
    : "";
  return waiting + told + untold;
}
