/** What can be done to a product from its row. */
import { find } from "../dom.js";
import { toastError } from "../toast.js";
import { deleteProduct } from "./bulk.js";
import { editCell } from "./editor.js";
import { listenToGrid } from "./grid.js";
import { showHistory } from "./history.js";
import { saveFields } from "./saving.js";
import { toggleRow } from "./selecting.js";
import { findProduct, showProduct } from "./table.js";
import { inTurn } from "./turns.js";

const TOUCH = matchMedia("(pointer: coarse)");
const body = find("#catalog tbody");

/**
 * Listens to the rows. `onOpen(id, field)` edits a product in the dialog, which
 * is what touching a cell does; `onChange()` answers once the list is fresh.
 */
export function listenToRows({ selection, onOpen, onChange, fallback }) {
  const actions = {
    toggle: (row) => toggleActive(row),
    edit: (row) => onOpen(findProduct(row).id),
    history: (row) => showHistory(findProduct(row), fallback),
    delete: (row) => remove(row, selection, onChange),
  };
  body.addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    const cell = target.closest(".cell");
    const row = target.closest("tr");
    if (action) {
      Promise.resolve(actions[action](row)).catch(toastError);
    } else if (cell && TOUCH.matches) {
      onOpen(findProduct(row).id, cell.dataset.field);
    }
  });
  listenToGrid({ onEdit: editCell, onSelect: (row) => toggleRow(selection, row) });
}

async function toggleActive(row) {
  const product = findProduct(row);
  const change = { active: !product.active };
  showProduct(
    await inTurn(product.id, () => saveFields(findProduct(row) ?? product, product, change)),
  );
}

async function remove(row, selection, onChange) {
  const product = findProduct(row);
  row.classList.add("is-leaving");
  const isDone = await deleteProduct(product, () => {
    if (!selection.isAll) {
      selection.set([product.id], false);
    }
    return onChange();
  });
  row.classList.toggle("is-leaving", isDone);
}
