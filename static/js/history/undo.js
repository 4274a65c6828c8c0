/** Undoing: the server says what it would do, a dialog says so in words, and only then it is done. */
import { get, request } from "../api.js";
import { openDialog } from "../dialog.js";
import { clone, fill, find, keepFromPressing } from "../dom.js";
import { formatNumber } from "../format.js";
import { countChanged, describeSet, nameKind } from "./wording.js";

/** Each for one product, and for several. */
const EFFECTS = {
  updated: ["product returns to its earlier values", "products return to their earlier values"],
  deleted: ["product that it created is deleted", "products that it created are deleted"],
  created: ["product that it deleted comes back", "products that it deleted come back"],
  kept: ["was edited since and will be kept as it is", "were edited since and will be kept as they are"],
};
const STILL_DELETED = [
  "stays deleted, because its SKU is in use again",
  "stay deleted, because their SKUs are in use again",
];

/**
 * Asks whether `set` shall be undone, and undoes it.
 *
 * Resolves with the undo's change set, just begun, or null when it was not wanted.
 * Rejects with what the server refuses it for.
 */
export async function undoSet(set, button) {
  const address = `/api/change-sets/${set.id}/undo`;
  const counts = await keepFromPressing(button, () => get(address));
  if (counts === null) {
    return null;
  }
  const isSure = await confirmUndo(set, counts);
  return isSure ? keepFromPressing(button, () => request("POST", address)) : null;
}

async function confirmUndo(set, counts) {
  const dialog = find("#undo-dialog");
  const isPossible = countChanged({ counts }) > 0;
  fill(dialog, {
    title: isPossible ? `Undo this ${nameKind(set.kind)}?` : "Nothing is left to undo",
    what: describeSet(set),
    note: isPossible
      ? "The undo is kept in the history as well, and can itself be undone."
      : "What it changed has all been changed again or deleted since.",
    leave: isPossible ? "Leave it" : "Close",
  });
  find("#undo-effects").replaceChildren(...listEffects(set, counts));
  find("#undo-button").hidden = !isPossible;
  return (await openDialog(dialog, find("#content"))) === "yes";
}

function listEffects({ kind }, counts) {
  const words = kind === "bulk_delete" ? { ...EFFECTS, kept: STILL_DELETED } : EFFECTS;
  return Object.entries(words)
    .filter(([effect]) => counts[effect] > 0)
    .map(([effect, [one, many]]) => {
      const item = clone("effect");
      item.dataset.effect = effect;
      const count = counts[effect];
      fill(item, { count: formatNumber(count), words: count === 1 ? one : many });
      return item;
    });
}
