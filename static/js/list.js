/** What the lists share: rows that stay, the pager, and the words for how much there is. */
import { clone, find } from "./dom.js";
import { formatCount } from "./format.js";

/**
 * Shows `items` as rows of `body`, cloned from `template` and filled by `fillRow(row, item)`.
 *
 * Rows that are there already are filled anew, not replaced, so that the focus stays.
 */
export function placeItems(body, items, template, fillRow) {
  const known = new Map([...body.rows].map((row) => [row.dataset.id, row]));
  const rows = items.map((item) => {
    const row = known.get(item.id) ?? clone(template);
    row.dataset.id = item.id;
    fillRow(row, item);
    return row;
  });
  if (rows.some((row, index) => row !== body.rows[index]) || rows.length !== body.rows.length) {
    body.replaceChildren(...rows);
  }
}

/** Lets the pager's buttons call `goTo(cursor)` with the cursor they were given last. */
export function listenToPager(goTo) {
  for (const button of find("#pager").querySelectorAll("button")) {
    button.addEventListener("click", () => goTo(button.dataset.cursor));
  }
}

/** Offers the neighbours of a page; hidden when the page is all there is. */
export function fillPager({ prev_cursor: newer, next_cursor: older }) {
  find("#pager").hidden = !newer && !older;
  offer(find("#newer-button"), newer);
  offer(find("#older-button"), older);
}

function offer(button, cursor) {
  button.disabled = !cursor;
  button.dataset.cursor = cursor ?? "";
}

/** "12 products", "about 500,000 products". */
export function describeTotal({ total, total_is_estimate: isEstimate }, noun) {
  return (isEstimate ? "about " : "") + formatCount(total, noun);
}
