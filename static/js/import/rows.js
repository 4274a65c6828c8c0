/** Tables that may be long: they open with some of their rows, and a button shows the rest. */
import { clone, find } from "../dom.js";

/**
 * Puts `rows` into the card's table and shows the card.
 *
 * Those for which `isFolded(index)` holds wait behind a button that says `more`.
 */
export function placeRows(card, rows, { isFolded = () => false, more = "" } = {}) {
  find("tbody", card).replaceChildren(...rows);
  find(".card-foot", card)?.remove();
  const folded = rows.filter((_, index) => isFolded(index));
  if (folded.length > 0) {
    card.append(buildFoot(folded, more));
  }
  card.hidden = false;
}

function buildFoot(folded, more) {
  const foot = clone("more");
  const button = find("button", foot);
  const setOpen = (isOpen) => {
    for (const row of folded) {
      row.hidden = !isOpen;
    }
    button.ariaExpanded = String(isOpen);
    button.textContent = isOpen ? "Show less" : more;
  };
  button.addEventListener("click", () => setOpen(button.ariaExpanded !== "true"));
  setOpen(false);
  return foot;
}
