/**
 * A toast that offers something: to take back what was done, to look at it.
 *
 * It stays for longer than one that only tells, does not go while it is pointed
 * at or focused, and its action answers to Ctrl+Z as well.
 */
import { clone, find } from "../dom.js";

/** Shows `text`; `action` is `{ label, run }`, `link` `{ label, href }`, both may be missing. */
export function showActionToast(text, { action, link } = {}) {
  const toast = clone("action-toast");
  find("#toasts").append(toast);
  // Written once it is in the page: a live region announces changes, not its birth.
  find(".toast-text", toast).textContent = text;
  offerAction(toast, action);
  offerLink(toast, link);
  find(".toast-close", toast).addEventListener("click", () => toast.remove());
  toast.addEventListener("animationend", () => toast.remove());
}

function offerAction(toast, action) {
  if (action) {
    const button = find('[data-part="action"]', toast);
    button.hidden = false;
    button.textContent = action.label;
    button.addEventListener("click", () => {
      toast.remove();
      action.run();
    });
  }
}

function offerLink(toast, link) {
  if (link) {
    const anchor = find('[data-part="link"]', toast);
    anchor.hidden = false;
    anchor.textContent = link.label;
    anchor.href = link.href;
  }
}

/** Ctrl+Z presses the last toast's button, unless it is undoing in a text just now. */
document.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
  if (isUndo && !event.target.closest("input:not([type=checkbox]), textarea, dialog")) {
    const buttons = find("#toasts").querySelectorAll('[data-part="action"]:not([hidden])');
    [...buttons].at(-1)?.click();
  }
});
