/** What an import says of single rows: those it rejects and why, and those replaced by later ones. */
import { get } from "../api.js";
import { clone, fill, find } from "../dom.js";
import { formatCount, formatNumber } from "../format.js";
import { placeRows } from "./rows.js";
import { nameRejectKind } from "./wording.js";

const ASKED = 50;
const SHOWN = 8;
const WITH_FINDINGS = ["ready", "completed", "failed"];

/** Shows at the end of `view` the rejected rows and duplicates of an import that has some. */
export async function loadFindings(view, { id, status, counts }, signal) {
  const box = find("#findings");
  find(".stack", view).append(box);
  for (const part of [box, find("#rejects"), find("#duplicates")]) {
    part.hidden = true;
  }
  if (!WITH_FINDINGS.includes(status)) {
    return;
  }
  await Promise.all([
    counts.rejected && loadRejects(id, counts.rejected, signal),
    counts.duplicates && loadDuplicates(id, counts.duplicates, signal),
  ]);
  box.hidden = !counts.rejected && !counts.duplicates;
}

async function loadRejects(id, count, signal) {
  const path = `/api/imports/${id}/rejects`;
  const [kinds, { items }] = await Promise.all([
    get(`${path}/kinds`, signal),
    get(`${path}?limit=${ASKED}`, signal),
  ]);
  const card = find("#rejects");
  fill(card, { "rejects-note": describeAmount(items.length, count) });
  find("#rejects-link").href = `${path}.csv`;
  find("#reject-kinds").replaceChildren(...kinds.map(buildKind));
  placeFirst(card, items.map(buildReject));
}

async function loadDuplicates(id, count, signal) {
  const { items } = await get(`/api/imports/${id}/duplicates?limit=${ASKED}`, signal);
  const card = find("#duplicates");
  const amount = describeAmount(items.length, count);
  fill(card, { "duplicates-note": `${amount}. The last row of a SKU wins.` });
  placeFirst(card, items.map(buildDuplicate));
}

/** One row too many to fold away is shown: a button takes as much room. */
function placeFirst(card, rows) {
  const isFolded = (index) => rows.length > SHOWN + 1 && index >= SHOWN;
  placeRows(card, rows, { isFolded, more: `Show ${rows.length - SHOWN} more` });
}

function describeAmount(listed, all) {
  const total = formatCount(all, "row");
  return all > listed ? `${total}, the first ${formatNumber(listed)} listed here` : total;
}

function buildKind({ code, count, first_line: line }) {
  const item = clone("kind");
  const where = `${count > 1 ? "first on line" : "line"} ${line}`;
  fill(item, { count: formatNumber(count), phrase: nameRejectKind(code), where });
  return item;
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
