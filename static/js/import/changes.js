/** Examples of what an import would do: each row's product before and after. */
import { clone, fill, find } from "../dom.js";
import { formatCount, formatPrice } from "../format.js";
import { FIELDS } from "./fields.js";
import { placeRows } from "./rows.js";

const ACTIONS = { create: "Create", update: "Update" };
const SHOWN = 6;
const LONGEST = 200;
const LEAD_IN = 40;

/** Lists the examples in `card`; hides it when there are none. */
export function placeChanges(card, { sample_changes: changes, counts }) {
  card.hidden = changes.length === 0;
  if (card.hidden) {
    return;
  }
  const all = formatCount(counts.created + counts.updated, "product");
  const isAll = changes.length >= counts.created + counts.updated;
  fill(card, {
    "changes-note": isAll ? all : `${formatCount(changes.length, "example")} out of ${all}`,
  });
  placeRows(card, changes.map(buildChange), {
    isFolded: (index) => changes.length > SHOWN + 1 && index >= SHOWN,
    more: `Show ${changes.length - SHOWN} more`,
  });
}

function buildChange({ action, line, before, after }) {
  const row = clone("change");
  const news = Object.keys(FIELDS).filter((field) => field in after && isNews(field, before, after));
  const isNamed = before && !news.includes("name");
  fill(row, { action: ACTIONS[action], line, sku: after.sku, name: isNamed ? after.name : "" });
  find(".badge", row).dataset.tone = action;
  find(".diff", row).replaceChildren(...news.map((field) => buildDifference(field, before, after)));
  return row;
}

/** A new product's SKU stands in its own column already, and empty values are no news. */
function isNews(field, before, after) {
  return before ? before[field] !== after[field] : field !== "sku" && showValue(field, after) !== "";
}

function buildDifference(field, before, after) {
  const item = clone("difference");
  const old = before ? showValue(field, before) : "";
  const [from, to] = cut(old, showValue(field, after));
  fill(item, { field: FIELDS[field], before: from || "(empty)", after: to || "(empty)" });
  find("del", item).hidden = !before;
  find(".diff-arrow", item).hidden = !before;
  return item;
}

/** A field of a product as people read it; nothing where it has no value. */
export function showValue(field, values) {
  const value = values[field];
  if (value === null || value === undefined) {
    return "";
  }
  if (field === "active") {
    return value ? "yes" : "no";
  }
  return field === "price" ? formatPrice(value) : String(value);
}

/** Long texts, cut so that the place where they begin to differ is seen. */
export function cut(before, after) {
  if (Math.max(before.length, after.length) <= LONGEST) {
    return [before, after];
  }
  let same = 0;
  while (same < Math.min(before.length, after.length) && before[same] === after[same]) {
    same += 1;
  }
  const start = same > LONGEST / 2 ? same - LEAD_IN : 0;
  return [before, after].map((text) => {
    const shown = text.slice(start, start + LONGEST);
    return `${start ? "…" : ""}${shown}${start + LONGEST < text.length ? "…" : ""}`;
  });
}
