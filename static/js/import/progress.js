/** The view of an import at work: bytes while it uploads, rows from then on. */
import { fill, find, setProgress } from "../dom.js";
import { formatBytes, formatDuration, formatNumber, formatPercent } from "../format.js";
import { describeStage } from "./status.js";

const EMPTY = { rows_read: null, rows_applied: null, rows_per_second: null, eta_seconds: null };

export function renderUpload(view, { name, size, sent, isPreview }) {
  const percent = size ? Math.min((sent / size) * 100, 100) : null;
  const isSent = percent === 100;
  show(view, { filename: name, size, percent: isSent ? null : percent, step: "uploading", isPreview });
  fill(view, {
    stage: isSent ? "Storing the file" : "Uploading",
    amount: `${formatBytes(Math.min(sent, size))} of ${formatBytes(size)}`,
  });
  fillFigures(view, EMPTY);
}

export function renderWork(view, record) {
  const { filename, size_bytes: size, progress, preview: isPreview } = record;
  const step = record.stage ?? "queued";
  show(view, { filename, size, percent: progress.percent, step, isPreview });
  fill(view, { stage: describeStage(record), amount: "" });
  fillFigures(view, progress);
}

/** What the browser's tab says of it. */
export function describeProgress(percent, filename) {
  return percent === null ? filename : `${formatPercent(percent)} · ${filename}`;
}

/** A file that is only looked at applies nothing, so that nothing is said of it. */
function show(view, { filename, size, percent, step, isPreview }) {
  find('[data-step="applying"]', view).hidden = isPreview;
  find('[data-figure="applied"]', view).hidden = isPreview;
  fill(view, {
    title: isPreview ? "Looking at the file" : "Importing",
    filename,
    size: formatBytes(size),
    percent: percent === null ? "…" : formatPercent(percent),
  });
  setProgress(find("progress", view), percent);
  markSteps(view, step);
  document.title = describeProgress(percent, filename);
}

/** Steps before the current one are done; waiting in the queue comes right after the upload. */
function markSteps(view, current) {
  const steps = [...view.querySelectorAll(".step")];
  const at = current === "queued" ? 1 : steps.findIndex((step) => step.dataset.step === current);
  for (const [index, step] of steps.entries()) {
    step.classList.toggle("is-done", index < at);
    step.ariaCurrent = step.dataset.step === current ? "step" : null;
  }
}

function fillFigures(view, progress) {
  fill(view, {
    "rows-read": formatNumber(progress.rows_read),
    "rows-applied": formatNumber(progress.rows_applied),
    rate: formatNumber(progress.rows_per_second),
    eta: formatDuration(progress.eta_seconds),
  });
}
