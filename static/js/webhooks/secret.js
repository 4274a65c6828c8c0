/** Shows a secret that has just been made, the only time that it can be seen. */
import { openDialog } from "../dialog.js";
import { fill, find } from "../dom.js";
import { offerCopy, resetCopy } from "../copying.js";

const dialog = find("#secret-dialog");
const output = find("#secret-output");
const button = find("#secret-copy-button");

const WORDS = {
  created: {
    title: "Webhook created",
    detail: "Every message is signed with this secret. Put it where your receiver checks signatures.",
  },
  rotated: {
    title: "New secret",
    detail:
      "Messages are signed with this secret from now on, and for 24 hours with the old one as " +
      "well. Put the new one into your receiver until then.",
  },
};

/** `occasion` is "created" or "rotated". Resolves once the dialog is closed. */
export async function showSecret(secret, occasion, fallback) {
  fill(dialog, WORDS[occasion]);
  output.value = secret;
  resetCopy(button);
  const closed = openDialog(dialog, fallback);
  button.focus();
  await closed;
  output.value = "";
}

offerCopy(button, output);
// A key pressed by habit must not take away what cannot be shown again.
dialog.addEventListener("cancel", (event) => event.preventDefault());
