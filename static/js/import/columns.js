/** The columns of a file with their first cells, and the field each is taken for. */
import { clone, fill, find } from "../dom.js";
import { formatCount } from "../format.js";
import { placeRows } from "./rows.js";

// So many columns that bring nothing are shown with the others; more are folded away.
const IDLE_SHOWN = 4;

/** Lists the columns; those that bring nothing are folded away unless `isOpen`. */
export function placeColumns(table, columns, fields, { isOpen }) {
  const rows = columns.map((column, index) => buildColumn(column, index, columns));
  const idle = fields.filter((field) => !field).length;
  const isFolded = (index) => !isOpen && idle > IDLE_SHOWN && !fields[index];
  const more = `Show ${formatCount(idle, "column")} that ${idle === 1 ? "is" : "are"} not imported`;
  placeRows(table, rows, { isFolded, more });
}

/** Writes the draft's fields into the selects, and marks the rows that differ from `used`. */
export function showFields(table, { fields }, used) {
  for (const [index, row] of [...find("tbody", table).rows].entries()) {
    find("select", row).value = fields[index] ?? "";
    row.classList.toggle("is-idle", !fields[index]);
    row.classList.toggle("is-changed", fields[index] !== used.fields[index]);
  }
}

/** Calls `onChoice(index, field)` when a column is taken for another field, null for none. */
export function listenToColumns(table, onChoice) {
  table.addEventListener("change", ({ target }) => {
    onChoice(target.closest("tr").sectionRowIndex, target.value || null);
  });
}

function buildColumn({ header, samples }, index, columns) {
  const row = clone("column");
  const name = header || "(no name)";
  const select = find("select", row);
  // The API names columns by their headers: the first of several alike is the one it takes.
  const isRepeated = columns.findIndex((column) => column.header === header) < index;
  select.disabled = isRepeated;
  select.ariaLabel = `Column ${index + 1}, ${name}, is imported as`;
  fill(row, { header: name, note: isRepeated ? "A column further left has this name" : "" });
  find(".samples", row).append(...samples.map(buildSample));
  return row;
}

function buildSample(cell) {
  const item = clone("sample");
  item.textContent = cell || "(empty)";
  item.classList.toggle("quiet", !cell);
  return item;
}
