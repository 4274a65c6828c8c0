/** Log in, then back to the page that asked for it. */
import { request } from "../api.js";
import { find } from "../dom.js";

/** Only an address of this site: a link to the login must not lead elsewhere afterwards. */
function readNext() {
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  const address = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  return address?.origin === location.origin ? address.href : "/";
}

async function logIn(form) {
  const button = find("button", form);
  button.disabled = true;
  try {
    await request("POST", "/api/session", { body: { password: form.elements.password.value } });
    location.replace(readNext());
  } catch (error) {
    find("#password-error").textContent = error.message;
    form.elements.password.select();
  } finally {
    button.disabled = false;
  }
}

find("#login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  logIn(event.currentTarget);
});
