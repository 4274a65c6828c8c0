/**
 * The table by keyboard, after the ARIA grid pattern: one tab stop, arrows inside.
 *
 * A stop is whatever in a row carries `data-stop`: the cells that can be edited,
 * and the controls. Enter and F2 edit a cell, the space bar selects its row.
 */
import { find } from "../dom.js";

const body = find("#catalog tbody");

const isVisible = (element) => element.offsetParent !== null;

/** The stops of a row that the present width of the page shows. */
const stopsOf = (row) => [...row.querySelectorAll("[data-stop]")].filter(isVisible);

/** The cell `step` editable cells away, on this page of the list; undefined beyond its ends. */
export function nextCell(cell, step) {
  const cells = [...body.querySelectorAll(".cell")].filter(isVisible);
  return cells[cells.indexOf(cell) + step];
}

/** Lets Tab reach one stop of the table: `stop`, or the one it reached until now, or the first. */
export function setTabStop(stop) {
  const only = stop ?? find('[data-stop][tabindex="0"]', body) ?? find(".cell", body);
  for (const other of body.querySelectorAll("[data-stop]")) {
    other.tabIndex = other === only ? 0 : -1;
  }
}

/**
 * Runs `change`, which exchanges rows. If the row with the focus goes, the focus
 * goes to the one that has come in its place.
 */
export function keepFocus(change) {
  const focused = document.activeElement.closest("#catalog tbody [data-stop]");
  const row = focused?.closest("tr");
  const [index, place] = row ? [row.sectionRowIndex, stopsOf(row).indexOf(focused)] : [];
  change();
  const isLost = row && !row.isConnected && body.rows.length > 0;
  const stop = isLost ? stopsOf(rowAt(index))[place] : undefined;
  setTabStop(stop);
  stop?.focus({ preventScroll: true });
}

const rowAt = (index) => body.rows[Math.min(index, body.rows.length - 1)];

/** Calls `onEdit(cell)` and `onSelect(row)`. */
export function listenToGrid({ onEdit, onSelect }) {
  body.addEventListener("focusin", ({ target }) => {
    if (target.matches("[data-stop]")) {
      setTabStop(target);
    }
  });
  body.addEventListener("dblclick", ({ target }) => {
    const cell = target.closest(".cell");
    if (cell) {
      onEdit(cell);
    }
  });
  body.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!target.matches("[data-stop]") || event.altKey) {
      return;
    }
    const next = findStop(event);
    if (next) {
      next.focus();
    } else if (target.matches(".cell") && (key === "Enter" || key === "F2")) {
      onEdit(target);
    } else if (target.matches(".cell") && key === " ") {
      onSelect(target.closest("tr"));
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** The stop a key leads to; undefined for keys that do not move. */
function findStop({ target, key, ctrlKey, metaKey }) {
  const row = target.closest("tr");
  const stops = stopsOf(row);
  const place = stops.indexOf(target);
  const isFar = ctrlKey || metaKey;
  const inRow = (other) => other && (stopsOf(other)[place] ?? target);
  const moves = {
    ArrowLeft: () => stops[place - 1] ?? target,
    ArrowRight: () => stops[place + 1] ?? target,
    ArrowUp: () => inRow(row.previousElementSibling) ?? target,
    ArrowDown: () => inRow(row.nextElementSibling) ?? target,
    Home: () => stopsOf(isFar ? body.rows[0] : row)[0],
    End: () => stopsOf(isFar ? rowAt(Infinity) : row).at(-1),
  };
  return Object.hasOwn(moves, key) ? moves[key]() : undefined;
}
