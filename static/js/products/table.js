/** The rows: the products shown now, and how each is drawn. What the page knows of them is here. */
import { clone, fill, find } from "../dom.js";
import { formatDate } from "../format.js";
import { FIELDS, isolate, shorten, showValue } from "./fields.js";

/** More of a long text would only slow the page down: the style shows two lines of it. */
const LONGEST_SHOWN = 240;
const TODAY = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const THIS_YEAR = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const EARLIER = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

const body = find("#catalog tbody");
let shown = new Map();

/**
 * Shows `items` in place of what was shown.
 *
 * Rows that stay are filled anew and not moved: one of them may be focused, or
 * being edited.
 */
export function showProducts(items) {
  const known = new Map([...body.rows].map((row) => [Number(row.dataset.id), row]));
  shown = new Map(items.map((product) => [product.id, product]));
  for (const [id, row] of known) {
    if (!shown.has(id)) {
      row.remove();
    }
  }
  let place = body.firstElementChild;
  for (const product of items) {
    const row = fillRow(known.get(product.id) ?? clone("product"), product);
    if (row === place) {
      place = place.nextElementSibling;
    } else {
      body.insertBefore(row, place);
    }
  }
}

/** Shows a product as it is now, if it is on the page. */
export function showProduct(product) {
  if (shown.has(product.id)) {
    shown.set(product.id, product);
    fillRow(findRow(product.id), product);
  }
}

/** The product of a row, as it was known last. */
export const findProduct = (row) => shown.get(Number(row.dataset.id));

export const findRow = (id) => find(`tr[data-id="${id}"]`, body);

export const listProducts = () => [...shown.values()];

function fillRow(row, product) {
  const { id, sku, active, updated_at: updated } = product;
  row.dataset.id = id;
  row.classList.toggle("is-inactive", !active);
  for (const field of FIELDS.filter((name) => name !== "active")) {
    fillCell(find(`[data-field="${field}"]`, row), field, product);
  }
  fill(row, { state: showValue("active", active) });
  const name = isolate(sku);
  find('[type="checkbox"]', row).ariaLabel = `Select ${name}`;
  const toggle = find('[data-action="toggle"]', row);
  toggle.ariaChecked = String(active);
  toggle.ariaLabel = `${name} is active`;
  find('[data-action="edit"]', row).ariaLabel = `Edit ${name}`;
  find('[data-action="history"]', row).ariaLabel = `History of ${name}`;
  find('[data-action="delete"]', row).ariaLabel = `Delete ${name}`;
  fillMoment(find("time", row), updated);
  return row;
}

function fillCell(cell, field, product) {
  const text = shorten(showValue(field, product[field]), LONGEST_SHOWN);
  cell.classList.toggle("is-blank", text === "");
  find(".cell-text", cell).textContent = text || "–";
}

/** The time of today, the day of this year, the date of any other; all of it in the tooltip. */
function fillMoment(element, iso) {
  const moment = new Date(iso);
  const now = new Date();
  const isToday = moment.toDateString() === now.toDateString();
  const isThisYear = moment.getFullYear() === now.getFullYear();
  const format = isToday ? TODAY : isThisYear ? THIS_YEAR : EARLIER;
  element.dateTime = iso;
  element.title = formatDate(iso);
  element.textContent = format.format(moment);
}

/** Says in the column heads by what the list is sorted. */
export function showSort(sort) {
  for (const head of document.querySelectorAll("#catalog th[data-sort]")) {
    const direction = { [head.dataset.sort]: "ascending", [`-${head.dataset.sort}`]: "descending" };
    head.ariaSort = direction[sort] ?? "none";
  }
}
