/** What is done to a webhook as a whole, with a question first where something is lost. */
import { request } from "../api.js";
import { confirmAction } from "../dialog.js";
import { find } from "../dom.js";
import { showToast } from "../toast.js";
import { showSecret } from "./secret.js";
import { nameHost } from "./wording.js";

const address = ({ id }) => `/api/webhooks/${id}`;

/** Sends a test event; its delivery, just begun. */
export const sendTest = (webhook) => request("POST", `${address(webhook)}/test`);

export async function enableWebhook(webhook) {
  await request("PATCH", address(webhook), { body: { enabled: true } });
  showToast("Enabled. What it has missed can be sent now: see Recover at its deliveries.");
}

/** True once it is disabled, false when that was not wanted. */
export async function disableWebhook(webhook) {
  const isSure = await ask({
    title: "Disable this webhook?",
    detail:
      `Nothing is sent to ${nameHost(webhook.url)} until it is enabled again. What is on its way ` +
      "is cancelled and can be recovered then; what imports and bulk operations change in the " +
      "meantime may not.",
    action: "Disable",
  });
  if (isSure) {
    await request("PATCH", address(webhook), { body: { enabled: false } });
  }
  return isSure;
}

export async function rotateSecret(webhook) {
  const isSure = await ask({
    title: "Make a new secret?",
    detail:
      "For 24 hours messages are signed with the new secret and the old one, so that nothing is " +
      "lost while you put the new one into your receiver. Rotating again ends the old one at once.",
    action: "Make a new secret",
  });
  if (isSure) {
    const { secret } = await request("POST", `${address(webhook)}/rotate-secret`);
    await showSecret(secret, "rotated", find("#content"));
  }
}

/** True once it is deleted, false when that was not wanted. */
export async function deleteWebhook(webhook) {
  const isSure = await ask({
    title: "Delete this webhook?",
    detail:
      `By it nothing is sent to ${nameHost(webhook.url)} any more, what is on its way is ` +
      "cancelled, and its deliveries cannot be looked at any longer. This cannot be undone.",
    action: "Delete",
    isDanger: true,
  });
  if (isSure) {
    await request("DELETE", address(webhook));
  }
  return isSure;
}

function ask({ isDanger = false, ...words }) {
  const button = find('#confirm-dialog [data-slot="action"]');
  button.classList.toggle("button-danger", isDanger);
  button.classList.toggle("button-primary", !isDanger);
  return confirmAction(words, find("#content"));
}
