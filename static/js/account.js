/** What every page says of logins: how to leave, or that nobody is asked for a password. */
import { get, request } from "./api.js";
import { find } from "./dom.js";
import { toastError } from "./toast.js";

const LOGIN = "/login.html";
const SETTINGS = "/settings.html";

export const readSession = () => get("/api/session");

/** Ends this browser's session, or every one, and leaves for the login. */
export async function logOut({ everywhere = false } = {}) {
  await request("DELETE", everywhere ? "/api/sessions" : "/api/session");
  location.assign(LOGIN);
}

function offerLogOut() {
  const button = document.createElement("button");
  button.className = "nav-button";
  button.type = "button";
  button.textContent = "Log out";
  button.addEventListener("click", () => logOut().catch(toastError));
  find(".nav-aside").append(button);
}

/** At the foot of the page, where it is seen and in nobody's way. */
function tellThatItIsOpen() {
  const note = document.createElement("footer");
  note.className = "open-note";
  const link = document.createElement("a");
  link.href = SETTINGS;
  link.textContent = "No password is set";
  note.append(link, ": everybody on this machine may do everything here.");
  document.body.append(note);
}

async function show() {
  const { login_required: isAsked } = await readSession();
  if (isAsked) {
    offerLogOut();
  } else if (location.pathname !== SETTINGS) {
    tellThatItIsOpen();
  }
}

// Without an answer nothing is shown; the page itself says that the server is away.
show().catch(() => {});
