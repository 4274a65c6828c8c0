/** The selection on the page: the boxes before the rows, and the bar that says what is selected. */
import { find } from "../dom.js";
import { formatCount, formatNumber } from "../format.js";
import { countTotal, describeMatches } from "./amounts.js";
import { listProducts } from "./table.js";

const bar = find("#selection-bar");
const pageBox = find("#page-checkbox");
const body = find("#catalog tbody");
let anchor = null;

const listIds = () => listProducts().map(({ id }) => id);

/** Draws `selection` over the page shown; `page` is the list's answer. */
export function showSelection(selection, page) {
  const ids = listIds();
  const chosen = ids.filter((id) => selection.has(id));
  for (const row of body.rows) {
    const isSelected = selection.has(Number(row.dataset.id));
    row.ariaSelected = String(isSelected);
    find('[type="checkbox"]', row).checked = isSelected;
  }
  pageBox.checked = ids.length > 0 && chosen.length === ids.length;
  pageBox.indeterminate = chosen.length > 0 && !pageBox.checked;
  bar.hidden = selection.isEmpty;
  if (page && !bar.hidden) {
    find("#selection-words").textContent = describe(selection, page);
    offerAll(selection, page);
  }
}

const describe = (selection, page) =>
  selection.isAll
    ? `All ${describeMatches(page)} are selected.`
    : `${formatNumber(selection.ids.length)} selected.`;

function offerAll(selection, page) {
  const button = find("#select-all-button");
  const isWholePage = pageBox.checked && page.total > page.items.length;
  button.hidden = selection.isAll || !isWholePage;
  button.textContent = `Select all ${describeMatches(page)}`;
}

/** How many products a selection holds. */
export const countSelected = (selection, page) =>
  selection.isAll ? page.total : selection.ids.length;

/** The same in words. */
export const describeSelected = (selection, page) =>
  selection.isAll ? countTotal(page) : formatCount(selection.ids.length, "product");

/** Selects or deselects a row; with Shift, all from the row before on. */
export function toggleRow(selection, row, isRange = false) {
  const ids = listIds();
  const id = Number(row.dataset.id);
  const isSelected = !selection.has(id);
  const [from, to] = [ids.indexOf(isRange ? anchor : id), ids.indexOf(id)].sort((a, b) => a - b);
  anchor = id;
  selection.set(from < 0 ? [id] : ids.slice(from, to + 1), isSelected, ids);
}

export function listenToSelection(selection) {
  body.addEventListener("click", ({ target, shiftKey }) => {
    if (target.matches('[type="checkbox"]')) {
      toggleRow(selection, target.closest("tr"), shiftKey);
    }
  });
  pageBox.addEventListener("change", () => selection.set(listIds(), pageBox.checked, listIds()));
  find("#select-all-button").addEventListener("click", () => selection.selectAll());
  find("#deselect-button").addEventListener("click", () => {
    selection.clear();
    find('#catalog [data-stop][tabindex="0"]')?.focus();
  });
}
