/** The fields that a change has changed, each before and after. */
import { clone, fill, find } from "../dom.js";
import { cut } from "../import/changes.js";
import { FIELDS, LABELS, showValue } from "./fields.js";

/** One item for each field that differs; of a product that came or went, for each it has. */
export function buildDifferences(before, after) {
  const differs = (field) =>
    before && after ? before[field] !== after[field] : showValue(field, (before ?? after)[field]);
  return FIELDS.filter(differs).map((field) => buildDifference(field, before, after));
}

function buildDifference(field, before, after) {
  const item = clone("difference");
  const values = [before, after].map((side) => (side ? showValue(field, side[field]) : ""));
  const [from, to] = cut(...values);
  fill(item, { field: LABELS[field], before: from || "(empty)", after: to || "(empty)" });
  find("del", item).hidden = !before;
  find("ins", item).hidden = !after;
  find('[data-part="arrow"]', item).hidden = !before || !after;
  return item;
}
