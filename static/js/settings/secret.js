/** Shows a key that has just been made, the only time that it can be seen. */
import { offerCopy, resetCopy } from "../copying.js";
import { openDialog } from "../dialog.js";
import { find } from "../dom.js";

const dialog = find("#secret-dialog");
const output = find("#secret-output");
const button = find("#secret-copy-button");

/** Resolves once the dialog is closed; nothing of the key stays on the page. */
export async function showKey(key, fallback) {
  output.value = key;
  resetCopy(button);
  const closed = openDialog(dialog, fallback);
  button.focus();
  await closed;
  output.value = "";
}

offerCopy(button, output);
// A key pressed by habit must not take away what cannot be shown again.
dialog.addEventListener("cancel", (event) => event.preventDefault());
