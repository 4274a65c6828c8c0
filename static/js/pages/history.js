/** The history page: all change sets, or the one that the address names. */
import { find } from "../dom.js";
import { openList } from "../history/list-view.js";
import { openSet } from "../history/set-view.js";
import { undoSet } from "../history/undo.js";
import { toastError } from "../toast.js";

const id = new URLSearchParams(location.search).get("id");
const load = id ? openSet(id, undo) : openList(undo);

/** Undoes a change set and goes to the undo, where its progress is. */
async function undo(set, button) {
  try {
    const begun = await undoSet(set, button);
    if (begun) {
      location.assign(`/history.html?id=${begun.id}`);
    }
  } catch (error) {
    toastError(error);
    load();
  }
}

find("#retry-button").addEventListener("click", load);
window.addEventListener("popstate", load);
// Coming back, the browser may show the page as it was left, and things have moved since.
window.addEventListener("pageshow", (event) => event.persisted && load());

load();
