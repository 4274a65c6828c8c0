/** The changes of one change set: each product before and after, side by side. */
import { clone, fill, find } from "../dom.js";
import { cut, showValue } from "../import/changes.js";
import { FIELDS } from "../import/fields.js";
import { describeTotal, fillPager } from "../list.js";
import { ACTIONS } from "./wording.js";

/** Shows a page of changes in `card`; `sku` is what was searched for. */
export function placeChanges(card, page, sku) {
  card.hidden = false;
  const isEmpty = page.items.length === 0;
  find(".table", card).hidden = isEmpty;
  find("#no-changes").hidden = !isEmpty;
  find("#no-changes").textContent = sku
    ? `No product with “${sku}” in its SKU was changed by this.`
    : "The single changes are not kept any longer.";
  const total = describeTotal(page, "product");
  find("#changes-total").textContent = sku ? `${total} with “${sku}” in the SKU` : total;
  find("tbody", card).replaceChildren(...page.items.map(buildRow));
  fillPager(page);
}

function buildRow(change) {
  const { action, sku, before, after, reason } = change;
  const row = clone("recorded-change");
  const fields = Object.keys(FIELDS).filter((field) => isNews(field, change));
  const isNamed = !(before && after && fields.includes("name"));
  fill(row, {
    action: ACTIONS[action],
    sku,
    name: isNamed ? (after ?? before)?.name : "",
    reason: reason ? `Left alone: ${reason}.` : "",
  });
  find(".badge", row).dataset.tone = action;
  if (after) {
    find("a", row).href = `/products.html?q=${encodeURIComponent(sku)}`;
  }
  find('[data-slot="reason"]', row).hidden = !reason;
  find(".differences", row).replaceChildren(...fields.map((field) => buildDifference(field, change)));
  return row;
}

/** Of a product that was created or deleted: what it has, but for what names it already. */
function isNews(field, { before, after }) {
  if (before && after) {
    return before[field] !== after[field];
  }
  const isName = field === "sku" || field === "name";
  return Boolean(before ?? after) && !isName && showValue(field, before ?? after) !== "";
}

function buildDifference(field, { before, after }) {
  const item = clone("difference");
  const [from, to] = cut(before ? showValue(field, before) : "", after ? showValue(field, after) : "");
  fill(item, {
    field: FIELDS[field],
    before: before ? from || "(empty)" : "–",
    after: after ? to || "(empty)" : "–",
  });
  find("del", item).classList.toggle("is-none", !before);
  find("ins", item).classList.toggle("is-none", !after);
  return item;
}
