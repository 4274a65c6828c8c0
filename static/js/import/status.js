/** What an import's status means to the pages. The words here are what people read. */

const LABELS = {
  queued: "Waiting",
  checking: "Checking",
  needs_mapping: "Needs columns",
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

export function describeStage({ status, stage }) {
  return status === "queued" ? "Waiting for its turn" : (STAGES[stage] ?? LABELS[status]);
}
