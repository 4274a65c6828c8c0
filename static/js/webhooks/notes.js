/** What has to be said about a webhook's state before anything else. Pure. */
import { formatDate } from "../format.js";

/** At most one note: why nothing is sent, or that what is sent does not arrive. */
export function listNotes({ enabled, disabled_reason: reason, failing_since: since }) {
  if (!enabled && reason) {
    return [
      {
        tone: "danger",
        title: "Disabled after failures",
        detail:
          `${reason} Nothing is sent until you enable it again. ` +
          "Then “Recover” sends what it has missed.",
      },
    ];
  }
  if (!enabled) {
    return [
      {
        tone: "info",
        title: "Disabled by hand",
        detail: "Nothing is sent until you enable it again.",
      },
    ];
  }
  return since ? [noteFailures(since)] : [];
}

const noteFailures = (since) => ({
  tone: "",
  title: `Nothing has arrived since ${formatDate(since)}`,
  detail:
    "Every message is tried ten times within three days or so. After five days of nothing but " +
    "failures the webhook is disabled. Its deliveries below say what the endpoint answered.",
});
