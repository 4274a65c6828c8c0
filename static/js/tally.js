/** What became of rows or products: one bar of proportional parts, one figure for each kind. */
import { clone, fill, find } from "./dom.js";
import { formatNumber } from "./format.js";

/** Those of an import add up to `counts.rows`, always. */
const KINDS = {
  rows: "Rows",
  created: "Created",
  updated: "Updated",
  deleted: "Deleted",
  kept: "Kept",
  unchanged: "Unchanged",
  duplicates: "Duplicates",
  rejected: "Rejected",
  skipped: "Skipped",
};

/** The kinds that occur. `rows` is their sum, and no part of it. */
const listParts = (counts) =>
  Object.keys(KINDS).filter((kind) => kind !== "rows" && counts[kind] > 0);

/** Fills `bar` with one part for each kind that occurs, as wide as its share. */
export function fillTallyBar(bar, counts) {
  const parts = listParts(counts);
  bar.replaceChildren(
    ...parts.map((kind) => {
      const part = clone("tally-segment");
      part.dataset.kind = kind;
      part.style.flexGrow = counts[kind];
      return part;
    }),
  );
}

/** The bar, and a figure for each kind that `counts` knows of. */
export function buildTally(counts) {
  const tally = clone("tally");
  fillTallyBar(find(".tally-bar", tally), counts);
  const kinds = Object.keys(KINDS).filter((kind) => kind in counts);
  const figures = kinds.map((kind) => {
    const figure = clone("tally-figure");
    figure.dataset.kind = kind;
    figure.classList.toggle("is-zero", !counts[kind]);
    fill(figure, { label: KINDS[kind], count: formatNumber(counts[kind]) });
    return figure;
  });
  find(".tally", tally).replaceChildren(...figures);
  return tally;
}

/** "480,000 created, 12 rejected": only what occurs. */
export function describeCounts(counts) {
  return listParts(counts)
    .map((kind) => `${formatNumber(counts[kind])} ${kind === "duplicates" ? "duplicate" : kind}`)
    .join(", ");
}
