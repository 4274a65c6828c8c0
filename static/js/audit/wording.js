/** What stands in the audit log, as sentences for people. An action unknown here shows its name. */
import { formatBytes, formatCount, formatDate } from "../format.js";

const BULK = {
  bulk_delete: "Deleted",
  bulk_activate: "Activated",
  bulk_deactivate: "Deactivated",
};

const FIELDS = {
  url: "URL",
  description: "description",
  events: "events",
  each_row: "messages for each row",
  enabled: "enabled",
};

/** The choices of the filter, in groups, and what each entry says; `rest` is the small print. */
export const ACTIONS = {
  login: { label: "Logged in", say: () => "Logged in" },
  login_failed: {
    label: "Failed to log in",
    say: () => "Failed to log in",
    rest: ({ throttled }) => (throttled ? "After too many tries; not even looked at" : ""),
  },
  logged_out_everywhere: {
    label: "Logged out everywhere",
    say: () => "Logged out every browser",
  },
  key_created: {
    label: "API key created",
    say: (name) => `Created the API key ${quote(name)}`,
    rest: ({ scope, expires_at: end }) =>
      [scope && `May ${scope}`, end && `until ${formatDate(end)}`].filter(Boolean).join(", "),
  },
  key_revoked: { label: "API key revoked", say: (name) => `Revoked the API key ${quote(name)}` },
  webhook_created: { label: "Webhook created", say: (host) => `Created a webhook to ${host}` },
  webhook_changed: { label: "Webhook changed", say: sayChanged, rest: listChanged },
  webhook_deleted: { label: "Webhook deleted", say: (host) => `Deleted the webhook to ${host}` },
  webhook_secret_rotated: {
    label: "Webhook’s secret replaced",
    say: (host) => `Made a new secret for the webhook to ${host}`,
  },
  webhook_tested: { label: "Webhook tested", say: (host) => `Sent a test to ${host}` },
  webhook_recovered: {
    label: "Missed messages sent",
    say: (host) => `Sent ${host} what it had missed`,
    rest: ({ deliveries, since }) =>
      `${formatCount(deliveries ?? 0, "message")} of the time since ${formatDate(since)}`,
  },
  webhook_redelivered: {
    label: "Message sent again",
    say: (host) => `Sent a message to ${host} again`,
  },
  import_created: {
    label: "File uploaded",
    say: (file) => `Uploaded ${file}`,
    rest: ({ size_bytes: size, preview }) =>
      [size && formatBytes(size), preview ? "for a preview" : "to be imported at once"]
        .filter(Boolean)
        .join(", "),
  },
  import_started: { label: "Import started", say: (file) => `Started the import of ${file}` },
  import_cancelled: {
    label: "Import cancelled",
    say: (file) => `Cancelled the import of ${file}`,
  },
  bulk_requested: {
    label: "Products changed in bulk",
    say: (subject, { kind }) => `${BULK[kind] ?? "Changed"} ${subject}`,
  },
  undo_requested: { label: "Undo", say: (subject) => `Undid the ${subject}` },
  export_made: { label: "Catalog exported", say: () => "Exported the catalog", rest: listFilter },
  file_downloaded: {
    label: "File downloaded",
    say: (file, { what }) =>
      what === "rejects" ? `Downloaded the rejected rows of ${file}` : `Downloaded ${file}`,
  },
  jobs_requeued: { label: "Jobs requeued", say: sayJobs("Requeued", "failed jobs") },
  jobs_deleted: { label: "Jobs deleted", say: sayJobs("Deleted", "jobs") },
};

const quote = (name) => `“${name}”`;

function sayChanged(host, { changed = [], enabled }) {
  const verb = changed.join() !== "enabled" ? "Changed" : enabled ? "Enabled" : "Disabled";
  return `${verb} the webhook to ${host}`;
}

function listChanged({ changed = [] }) {
  return changed.join() === "enabled"
    ? ""
    : `Changed: ${changed.map((name) => FIELDS[name] ?? name).join(", ")}`;
}

function listFilter({ filter = {} }) {
  const parts = Object.entries(filter).map(([name, value]) => `${nameFilter(name)} ${value}`);
  return parts.length > 0 ? `Only products with ${parts.join(", ")}` : "All products";
}

const nameFilter = (name) => (name === "q" ? "text" : name.replaceAll("_", " "));

function sayJobs(verb, all) {
  return (subject, { job_id: job }) =>
    job ? `${verb} the job ${job}` : `${verb} the ${all} of the queue ${subject}`;
}

/** "Revoked the API key “robot”". */
export function describeEntry({ action, subject, detail }) {
  return ACTIONS[action]?.say(subject ?? "", detail) ?? `${action} ${subject ?? ""}`.trim();
}

/** The small print below it; nothing where there is no more to say. */
export const describeDetail = ({ action, detail }) => ACTIONS[action]?.rest?.(detail) ?? "";

/** The page that shows what it is about, if one does. */
export function findLink({ action, detail }) {
  if (detail.import_id) {
    return `/?import=${detail.import_id}`;
  }
  if (detail.change_set_id) {
    return `/history.html?id=${detail.change_set_id}`;
  }
  const isThere = detail.webhook_id && action !== "webhook_deleted";
  return isThere ? `/webhooks.html?id=${detail.webhook_id}` : null;
}
