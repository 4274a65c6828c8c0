/** What change sets are called here, and what can be done with them. */
import { formatActor, formatCount, formatDate } from "../format.js";

const KINDS = {
  import: "Import",
  bulk_delete: "Deletion",
  bulk_activate: "Activation",
  bulk_deactivate: "Deactivation",
  undo: "Undo",
};

const STATUSES = { queued: "Waiting", running: "Working", completed: "Done", failed: "Failed" };

const AT_WORK = {
  import: "Importing",
  bulk_delete: "Deleting",
  bulk_activate: "Activating",
  bulk_deactivate: "Deactivating",
  undo: "Undoing",
};

export const ACTIONS = {
  created: "Created",
  updated: "Updated",
  deleted: "Deleted",
  kept: "Kept",
};

export const labelKind = (kind) => KINDS[kind] ?? kind;
export const nameKind = (kind) => labelKind(kind).toLowerCase();

/** Whether the server is busy with it, so that asking again brings news. */
export const isAtWork = ({ status }) => ["queued", "running"].includes(status);

/** How many products it has changed. Those an undo has kept are not among them. */
export const countChanged = ({ counts }) => counts.created + counts.updated + counts.deleted;

export const isTooOld = ({ undoable_until: until }) => Boolean(until) && new Date(until) < new Date();

/** Whether it makes sense to offer an undo. The last word is the server's. */
export const canUndo = (set) =>
  set.status === "completed" && !set.undone_by && !isTooOld(set) && countChanged(set) > 0;

/** The tone and the words of its badge; `undo` is the change set that takes it back, if known. */
export function describeStatus(set, undo) {
  if (!set.undone_by) {
    return { tone: isAtWork(set) ? "running" : set.status, words: STATUSES[set.status] };
  }
  return undo && isAtWork(undo)
    ? { tone: "running", words: "Being undone" }
    : { tone: "undone", words: "Undone" };
}

/** "Import of products.csv"; of an undo, whose subject says what it takes back, "Undo of the …". */
export const describeSet = ({ kind, subject }) =>
  kind === "undo" ? `Undo of the ${subject}` : `${labelKind(kind)} of ${subject}`;

const WITHIN = { local: "this machine", admin: "the administrator" };

/** The actor within a sentence: "the key robot" for `key:robot`. */
const nameActor = (actor) => WITHIN[actor] ?? formatActor(actor).replace(/^Key/, "the key");

/** "Nov 21, 2026, 2:05 PM by the administrator. Can be undone until Dec 21, 2026, 2:05 PM." */
export function describeOrigin(set) {
  const origin = `${formatDate(set.created_at)} by ${nameActor(set.actor)}.`;
  if (!canUndo(set) || !set.undoable_until) {
    return origin;
  }
  const until = formatDate(set.undoable_until);
  return set.kind === "undo"
    ? `${origin} To have back what it undid, undo this undo, until ${until}.`
    : `${origin} Can be undone until ${until}.`;
}

export const describeWork = ({ kind, status }) =>
  status === "queued" ? "Waiting for its turn" : AT_WORK[kind];

/** What there is to say of a change set that has ended, beyond its counts, most urgent first. */
export function listNotices(set, undo) {
  const notices = [noteFailure(set), noteUndo(set, undo), noteAge(set), noteNothing(set), noteKept(set)];
  return notices.filter(Boolean);
}

function noteFailure({ status, problem }) {
  return (
    status === "failed" && {
      tone: "danger",
      title: problem?.title ?? "It failed",
      detail: problem?.detail ?? "Nothing was changed.",
    }
  );
}

function noteUndo({ undone_by: id }, undo) {
  if (!undo) {
    return null;
  }
  const link = { href: `/history.html?id=${id}` };
  if (isAtWork(undo)) {
    return { tone: "info", title: "This is being undone", link: { ...link, words: "Watch the undo" } };
  }
  const { kept } = undo.counts;
  const left = kept ? ` ${formatCount(kept, "product")} changed since and kept as found.` : "";
  return {
    tone: "info",
    title: "This has been undone",
    detail: `${formatDate(undo.finished_at)} by ${nameActor(undo.actor)}.${left}`,
    link: { ...link, words: "See the undo, or take it back" },
  };
}

function noteAge(set) {
  return (
    isTooOld(set) &&
    !set.undone_by &&
    countChanged(set) > 0 && {
      tone: "info",
      title: "Too old to be undone",
      detail:
        `That was possible until ${formatDate(set.undoable_until)}. ` +
        "What was before is not kept any longer.",
    }
  );
}

function noteNothing(set) {
  return (
    set.status === "completed" &&
    countChanged(set) === 0 &&
    set.counts.kept === 0 && {
      tone: "info",
      title: "No product was changed",
      detail: "Everything was already as it was asked for, so there is nothing to undo.",
    }
  );
}

function noteKept({ kind, status, counts: { kept } }) {
  return (
    kind === "undo" &&
    status === "completed" &&
    kept > 0 && {
      title: `${formatCount(kept, "product")} kept`,
      detail:
        "Something else had happened to them in the meantime, so the undo left them alone. " +
        "They are marked “Kept” below, each with the reason.",
    }
  );
}
