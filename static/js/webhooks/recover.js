/** The dialog that has everything sent that a webhook has missed since some moment. */
import { request } from "../api.js";
import { keepBusy, openDialog } from "../dialog.js";
import { find, showProblem } from "../dom.js";
import { formatCount } from "../format.js";
import { showToast } from "../toast.js";

const MINUTE_MS = 60_000;

const dialog = find("#recover-dialog");
const form = find("#recover-form");
const input = find("#recover-since");
const errorPlace = find("#recover-since-error");
let webhook = null;

/** Asks since when, and recovers. True when something is sent again. */
export async function recoverWebhook(recovered, fallback) {
  webhook = recovered;
  input.value = writeLocal(webhook.failing_since ?? webhook.created_at);
  showErrors(null);
  const closed = openDialog(dialog, fallback);
  input.focus();
  return (await closed) === "recovered";
}

/** The minute a moment is in, as `datetime-local` takes it: the visitor's time, without a zone. */
function writeLocal(iso) {
  const moment = new Date(iso);
  const local = moment.getTime() - moment.getTimezoneOffset() * MINUTE_MS;
  return new Date(local).toISOString().slice(0, "2026-11-21T14:05".length);
}

async function submit() {
  const since = new Date(input.value);
  if (Number.isNaN(since.getTime())) {
    showErrors({ errors: [{ pointer: "/since", detail: "Give a date and a time." }] });
    return;
  }
  try {
    const body = { since: since.toISOString() };
    const path = `/api/webhooks/${webhook.id}/recover`;
    const { deliveries } = await keepBusy(dialog, () => request("POST", path, { body }));
    showToast(
      deliveries > 0
        ? `${formatCount(deliveries, "event")} on the way again.`
        : "Nothing has been missed since then.",
    );
    dialog.close("recovered");
  } catch (error) {
    showErrors(error);
  }
}

function showErrors(error) {
  const wrong = error?.errors?.find(({ pointer }) => pointer === "/since");
  errorPlace.textContent = wrong?.detail ?? "";
  input.ariaInvalid = String(Boolean(wrong));
  const problem = error && { title: error.title ?? "Something went wrong", detail: error.message };
  showProblem(find("#recover-problem"), wrong ? null : problem);
  if (error) {
    input.focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
