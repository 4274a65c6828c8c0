/** The view of an import that has ended: what became of every row, and why. */
import { fill, find } from "../dom.js";
import { formatCount, formatDuration, formatNumber } from "../format.js";
import { buildTally } from "../tally.js";
import { buildFacts } from "./facts.js";
import { placeNotices } from "./notices.js";
import { countWorkSeconds } from "./status.js";

const ENDINGS = {
  completed: {
    title: ({ filename }) => `${filename} is in the catalog`,
    lead: describeCompleted,
  },
  failed: {
    title: ({ filename }) => `${filename} was not imported`,
    lead: () => "Nothing in the catalog has changed.",
  },
  cancelled: {
    title: ({ filename }) => `${filename} was cancelled`,
    lead: () => "Nothing in the catalog has changed.",
  },
};

function describeCompleted(record) {
  const seconds = countWorkSeconds(record);
  const { rows } = record.counts;
  const rate = seconds > 0.5 ? `, ${formatNumber(rows / seconds)} rows a second` : "";
  return `${formatCount(rows, "row")} in ${formatDuration(seconds)}${rate}.`;
}

export function renderReport(view, record) {
  const ending = ENDINGS[record.status];
  fill(view, { title: ending.title(record), lead: ending.lead(record) });
  document.title = `${ending.title(record)} – Product Importer`;
  find("#catalog-link").hidden = record.status !== "completed";
  linkChanges(record.change_set_id);
  renderProblem(view, record.problem);
  renderOutcome(find("[data-outcome]", view), record);
  placeNotices(view, record.notices);
}

/** Leads to what the import changed, product by product, and to its undo. */
function linkChanges(changeSetId) {
  const link = find("#changes-link");
  link.hidden = !changeSetId;
  link.href = `/history.html?id=${changeSetId}`;
}

/** The counts of an import that did not complete are of rows that changed nothing: not shown. */
function renderOutcome(card, record) {
  const tally = record.status === "completed" ? buildTally(record.counts) : null;
  const parts = [tally, buildFacts(record)].filter(Boolean);
  card.hidden = parts.length === 0;
  card.replaceChildren(...parts);
}

function renderProblem(view, problem) {
  find("#report-problem").hidden = !problem;
  fill(view, { "problem-title": problem?.title, "problem-detail": problem?.detail });
}
