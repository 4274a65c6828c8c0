/**
 * Operations on many products: started here, worked off by the server, watched
 * by asking for their change set, and taken back by the button in the toast.
 */
import { get, isAbort, request } from "../api.js";
import { clone, fill, find, setProgress } from "../dom.js";
import { formatCount, formatNumber, formatPercent } from "../format.js";
import { poll } from "../poll.js";
import { toastError } from "../toast.js";
import { showActionToast } from "./action-toast.js";

const POLL_MS = 250;
const DOING = {
  bulk_delete: "Deleting",
  bulk_activate: "Activating",
  bulk_deactivate: "Deactivating",
  undo: "Undoing",
};
const DONE = {
  bulk_delete: ["deleted", "deleted"],
  bulk_activate: ["updated", "activated"],
  bulk_deactivate: ["updated", "deactivated"],
};

/**
 * Starts an operation by `start()`, which answers its change set, watches it
 * and says how it ended. `subject` names the products, `onStart` is called once
 * the server has taken it on, `onEnd` once the catalog has changed. Failures are
 * told in a toast and answer false.
 */
export async function operate(start, { subject, onStart, onEnd, after = "" }) {
  try {
    const started = await start();
    onStart?.();
    const changeSet = await watch(started, subject);
    if (changeSet.status === "failed") {
      tellFailure(changeSet);
      return false;
    }
    await onEnd(changeSet);
    tell(changeSet, { subject, onEnd, after });
    return true;
  } catch (error) {
    if (!isAbort(error)) {
      toastError(error);
    }
    return false;
  }
}

/** Shows how far the change set is, until it has ended; answers it as it is then. */
async function watch(started, subject) {
  const activity = clone("activity");
  find("#activities").append(activity);
  showActivity(activity, started, subject);
  try {
    return await poll((signal) => get(`/api/change-sets/${started.id}`, signal), {
      signal: new AbortController().signal,
      interval: POLL_MS,
      isDone: ({ status }) => status === "completed" || status === "failed",
      onAnswer: (changeSet) => showActivity(activity, changeSet, subject),
      onLost: (isLost) => fill(activity, { progress: isLost ? "Connection lost, retrying" : "" }),
    });
  } finally {
    activity.remove();
  }
}

function showActivity(activity, { kind, status, progress }, subject) {
  const { percent, done, total } = progress;
  const isCounted = status === "running" && total;
  fill(activity, {
    title: `${DOING[kind]} ${subject}`,
    progress: isCounted
      ? `${formatPercent(percent)} · ${formatNumber(done)} of ${formatNumber(total)}`
      : "waiting its turn",
  });
  setProgress(find("progress", activity), isCounted ? percent : null);
}

function tell(changeSet, options) {
  const { id, kind, counts } = changeSet;
  const link = { label: "Details", href: `/history.html?id=${id}` };
  if (kind === "undo") {
    showActionToast(describeUndo(counts), { link });
    return;
  }
  const [count, done] = DONE[kind];
  const changed = counts[count];
  if (changed === 0) {
    showActionToast(kind === "bulk_delete" ? "They were gone already." : `All were ${done} already.`);
    return;
  }
  const text = `${changed === 1 ? options.subject : formatCount(changed, "product")} ${done}.`;
  const undo = { label: "Undo", run: () => undoOperation(changeSet, options) };
  showActionToast(`${text} ${options.after}`.trim(), { action: undo, link });
}

function describeUndo({ created, updated, deleted, kept }) {
  const taken = formatCount(created + updated + deleted, "product");
  return kept === 0
    ? `Undone: ${taken} as before.`
    : `Undone: ${taken} as before; ${formatNumber(kept)} kept, for they were edited since.`;
}

const undoOperation = ({ id }, { subject, onEnd }) =>
  operate(() => request("POST", `/api/change-sets/${id}/undo`), { subject, onEnd });

function tellFailure({ id, problem }) {
  const text = `${problem?.title ?? "The operation failed"}. Nothing was changed.`;
  showActionToast(text, { link: { label: "Details", href: `/history.html?id=${id}` } });
}
