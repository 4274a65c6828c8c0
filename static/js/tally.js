/** What became of every row: one bar of proportional parts, one figure for each kind. */
import { clone, fill, find } from "./dom.js";
import { formatNumber } from "./format.js";

/** The kinds add up to `counts.rows`, always. */
const KINDS = {
  created: "Created",
  updated: "Updated",
  unchanged: "Unchanged",
  duplicates: "Duplicates",
  rejected: "Rejected",
  skipped: "Skipped",
};

/** Fills `bar` with one part for each kind that occurs, as wide as its share. */
export function fillTallyBar(bar, counts) {
  const parts = Object.keys(KINDS).filter((kind) => counts[kind] > 0);
  bar.replaceChildren(
    ...parts.map((kind) => {
      const part = clone("tally-segment");
      part.dataset.kind = kind;
      part.style.flexGrow = counts[kind];
      return part;
    }),
  );
}

/** The bar and its figures, `rows` first. */
export function buildTally(counts) {
  const tally = clone("tally");
  fillTallyBar(find(".tally-bar", tally), counts);
  const figures = Object.entries({ rows: "Rows", ...KINDS }).map(([kind, label]) => {
    const figure = clone("tally-figure");
    figure.dataset.kind = kind;
    figure.classList.toggle("is-zero", !counts[kind]);
    fill(figure, { label, count: formatNumber(counts[kind]) });
    return figure;
  });
  find(".tally", tally).replaceChildren(...figures);
  return tally;
}

/** "480,000 created, 12 rejected": only what occurs. */
export function describeCounts(counts) {
  return Object.keys(KINDS)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatNumber(counts[kind])} ${kind === "duplicates" ? "duplicate" : kind}`)
    .join(", ");
}
