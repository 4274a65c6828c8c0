/**
 * How the native `<dialog>` behaves here: it cannot be left while it is busy,
 * and the focus goes back to where it came from.
 */
import { fill, find } from "./dom.js";

/**
 * Opens `dialog` and resolves with its return value once it is closed.
 *
 * The focus returns to the element that had it; when that is gone from the
 * page, to `fallback`.
 */
export function openDialog(dialog, fallback) {
  const opener = document.activeElement;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const ended = new AbortController();
    const options = { signal: ended.signal };
    dialog.addEventListener("cancel", (event) => isBusy(dialog) && event.preventDefault(), options);
    dialog.addEventListener(
      "close",
      () => {
        ended.abort();
        (opener.isConnected ? opener : fallback).focus();
        resolve(dialog.returnValue);
      },
      options,
    );
  });
}

const isBusy = (dialog) => dialog.getAttribute("aria-busy") === "true";

/** Runs `work` with the dialog's buttons out of reach, and answers what it answers. */
export async function keepBusy(dialog, work) {
  const buttons = dialog.querySelectorAll("button");
  const setBusy = (busy) => {
    dialog.setAttribute("aria-busy", String(busy));
    for (const button of buttons) {
      button.disabled = busy;
    }
  };
  setBusy(true);
  try {
    return await work();
  } finally {
    setBusy(false);
  }
}

/** Asks in `#confirm-dialog`; true only when the action's own button was pressed. */
export async function confirmAction({ title, detail, action }, fallback) {
  const dialog = find("#confirm-dialog");
  fill(dialog, { title, detail, action });
  return (await openDialog(dialog, fallback)) === "yes";
}
