/** Asks before something large is done; before something very large, for its number. */
import { openDialog } from "../dialog.js";
import { fill, find } from "../dom.js";
import { formatNumber } from "../format.js";

const dialog = find("#confirm-dialog");
const field = find("#confirm-field");
const input = find("#confirm-input");
const button = find('[data-slot="action"]', dialog);

/** From how many products on the number has to be typed. */
const MANY = 100;

/**
 * True once the action was confirmed. More than 100 products have to be
 * confirmed by typing how many they are; thousands may be separated or not.
 */
export async function confirmCount({ title, detail, action, count, isDanger }, fallback) {
  const isMany = count > MANY;
  fill(dialog, { title, detail, action, number: formatNumber(count) });
  button.classList.toggle("button-danger", isDanger);
  button.classList.toggle("button-primary", !isDanger);
  field.hidden = !isMany;
  input.value = "";
  const check = () => {
    button.disabled = isMany && input.value.replace(/\D/g, "") !== String(count);
  };
  check();
  input.oninput = check;
  return (await openDialog(dialog, fallback)) === "yes";
}

export const isMany = (count) => count > MANY;

find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
