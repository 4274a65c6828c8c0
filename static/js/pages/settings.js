/** The settings: who is logged in, and the keys. */
import { logOut, readSession } from "../account.js";
import { confirmAction } from "../dialog.js";
import { find, showProblem } from "../dom.js";
import { createKey } from "../settings/form.js";
import { loadKeys, openKeys, revokeKey } from "../settings/keys.js";
import { showKey } from "../settings/secret.js";
import { showToast, toastError } from "../toast.js";

const fallback = find("#content");

async function load() {
  try {
    const [session] = await Promise.all([readSession(), loadKeys()]);
    showLogin(session);
    showProblem(find("#problem"), null);
  } catch (problem) {
    showProblem(find("#problem"), problem);
  }
}

function showLogin({ login_required: isAsked }) {
  find("#open-mode").hidden = isAsked;
  find("#logged-in").hidden = !isAsked;
  find("#everywhere").hidden = !isAsked;
}

async function create() {
  const made = await createKey(fallback);
  if (made) {
    await showKey(made.key, fallback);
    await load();
    // The button that was pressed may have stood where there were no keys yet.
    find("#create-button").focus();
  }
}

async function revoke(key) {
  if (await revokeKey(key)) {
    await load();
    showToast(`“${key.name}” is revoked.`);
  }
}

async function logOutEverywhere() {
  const isSure = await confirmAction(
    {
      title: "Log out everywhere?",
      detail: "Every login ends at once, yours here included. API keys stay in force.",
      action: "Log out everywhere",
    },
    fallback,
  );
  if (isSure) {
    await logOut({ everywhere: true });
  }
}

for (const button of document.querySelectorAll('[data-action="create"]')) {
  button.addEventListener("click", () => create().catch(toastError));
}
openKeys({ load, onRevoke: (key) => revoke(key).catch(toastError) });
find("#log-out-here-button").addEventListener("click", () => logOut().catch(toastError));
find("#log-out-everywhere-button").addEventListener("click", () =>
  logOutEverywhere().catch(toastError),
);
find("#retry-button").addEventListener("click", load);
window.addEventListener("popstate", load);
window.addEventListener("pageshow", (event) => event.persisted && load());

load();
