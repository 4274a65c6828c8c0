/** The view of an import that has ended: what became of every row, and why. */
import { get } from "../api.js";
import { clone, fill, find } from "../dom.js";
import { formatCount, formatDuration, formatNumber, secondsBetween } from "../format.js";
import { buildTally } from "../tally.js";
import { buildFacts } from "./facts.js";

const SHOWN = 20;

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

function describeCompleted({ counts, started_at: from, finished_at: to }) {
  const seconds = secondsBetween(from, to);
  const rate = seconds > 0.5 ? `, ${formatNumber(counts.rows / seconds)} rows a second` : "";
  return `${formatCount(counts.rows, "row")} in ${formatDuration(seconds)}${rate}.`;
}

export function renderReport(view, record) {
  const ending = ENDINGS[record.status];
  fill(view, { title: ending.title(record), lead: ending.lead(record) });
  document.title = `${ending.title(record)} – Product Importer`;
  find("#catalog-link").hidden = record.status !== "completed";
  renderProblem(view, record.problem);
  renderOutcome(find("[data-outcome]", view), record);
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

/** Fetches the first rejected rows and duplicates of an import that has some. */
export async function loadRows(view, { id, counts }, signal) {
  const { rejected, duplicates } = counts;
  find("#rejects").hidden = true;
  find("#duplicates").hidden = true;
  if (rejected) {
    const { items } = await get(`/api/imports/${id}/rejects?limit=${SHOWN}`, signal);
    find("#rejects-link").href = `/api/imports/${id}/rejects.csv`;
    fill(view, { "rejects-note": describeShown(items.length, rejected) });
    showRows(find("#rejects"), items.map(buildReject));
  }
  if (duplicates) {
    const { items } = await get(`/api/imports/${id}/duplicates?limit=${SHOWN}`, signal);
    const shown = describeShown(items.length, duplicates);
    fill(view, { "duplicates-note": `${shown}. The last row of a SKU wins.` });
    showRows(find("#duplicates"), items.map(buildDuplicate));
  }
}

function showRows(card, rows) {
  find("tbody", card).replaceChildren(...rows);
  card.hidden = false;
}

function describeShown(shown, all) {
  const total = formatCount(all, "row");
  return all > shown ? `The first ${formatNumber(shown)} of ${total}` : total;
}

function buildReject({ line, column, value, detail }) {
  const row = clone("reject");
  fill(row, { line, column: column ?? "–", value: value || "(empty)", detail });
  return row;
}

function buildDuplicate({ line, sku, replaced_by_line: replacedBy }) {
  const row = clone("duplicate");
  fill(row, { line, sku, "replaced-by": replacedBy });
  return row;
}
