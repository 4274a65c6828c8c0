/** What an import's status means to the pages. The words here are what people read. */
import { secondsBetween } from "../format.js";

const LABELS = {
  queued: "Waiting",
  checking: "Checking",
  needs_mapping: "Needs a choice",
  ready: "Ready to import",
  running: "Importing",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const STAGES = {
  reading: "Reading the file",
  comparing: "Comparing with the catalog",
  applying: "Writing to the catalog",
};

export const labelStatus = (status) => LABELS[status] ?? status;

/** Whether the server is busy with it, so that asking again brings news. */
export const isAtWork = ({ status }) => ["queued", "checking", "running"].includes(status);

/** Failures that an answer cures: the file is then read again without another upload. */
const QUESTIONS = ["/problems/ambiguous-delimiter", "/problems/ambiguous-decimal"];

/** Whether the server has a question about the file. */
export const isAsking = ({ status, problem }) =>
  status === "needs_mapping" || (status === "failed" && QUESTIONS.includes(problem?.type));

/** Whether it goes on only when somebody says so. */
export const isWaiting = (record) => record.status === "ready" || isAsking(record);

export function describeStage({ status, stage, waiting_for: awaited }) {
  if (awaited && stage !== "reading") {
    return `Waiting for the import of “${awaited.filename}”`;
  }
  return status === "queued" ? "Waiting for its turn" : (STAGES[stage] ?? LABELS[status]);
}

/** How long the work took: the time in which a person looked at the file is none of it. */
export function countWorkSeconds({ counts, progress, started_at: from, finished_at: to }) {
  const rate = progress?.rows_per_second;
  return to && rate ? counts.rows / rate : secondsBetween(from, to);
}
