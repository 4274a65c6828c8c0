/** A short message at the foot of the page. Its style's animation ends it, so no timer does. */
import { clone, find } from "./dom.js";

export function showToast(text) {
  const toast = clone("toast");
  find("#toasts").append(toast);
  // Written once it is in the page: a live region announces changes, not its birth.
  toast.textContent = text;
  toast.addEventListener("animationend", () => toast.remove());
}

export const toastError = (error) => showToast(`${error.title ?? "Something went wrong"}. ${error.message}`);
