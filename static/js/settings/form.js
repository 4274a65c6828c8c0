/** The dialog that makes a key. */
import { request } from "../api.js";
import { keepBusy, openDialog } from "../dialog.js";
import { find, showProblem } from "../dom.js";
import { findEnd } from "./wording.js";

const FIELDS = ["name", "scope", "expires_at"];
const BLANK = { name: "", scope: "read", lifetime: "90", day: "" };

const dialog = find("#key-dialog");
const form = find("#key-form");
let made = null;

/** Resolves with the new key, shown this once, or with null. */
export async function createKey(fallback) {
  made = null;
  for (const [name, value] of Object.entries(BLANK)) {
    form.elements[name].value = value;
  }
  form.elements.day.min = new Date().toISOString().slice(0, 10);
  showDay();
  showErrors(null);
  const closed = openDialog(dialog, fallback);
  form.elements.name.focus();
  await closed;
  return made;
}

function showDay() {
  find("#key-day-field").hidden = form.elements.lifetime.value !== "date";
}

function read() {
  const { name, scope, lifetime, day } = form.elements;
  return {
    name: name.value.trim(),
    scope: scope.value,
    expires_at: findEnd(lifetime.value, day.value, new Date()),
  };
}

async function submit() {
  const values = read();
  const errors = findGaps(values);
  showErrors(errors && { errors });
  if (errors) {
    return;
  }
  try {
    made = await keepBusy(dialog, () => request("POST", "/api/api-keys", { body: values }));
    dialog.close("made");
  } catch (error) {
    showErrors(error);
  }
}

/** What needs no server to be seen; null when nothing is missing. */
function findGaps({ name, expires_at: ends }) {
  const gaps = [
    !name && { pointer: "/name", detail: "Give it a name, by which you know it again." },
    ends === undefined && { pointer: "/expires_at", detail: "Choose the last day." },
  ].filter(Boolean);
  return gaps.length > 0 ? gaps : null;
}

/** Puts each error at the field it names; what names no field stands above them all. */
function showErrors(error) {
  const errors = new Map(
    (error?.errors ?? []).map(({ pointer, detail }) => [pointer.split("/")[1], detail]),
  );
  for (const field of FIELDS) {
    find(`#key-${field}-error`).textContent = errors.get(field) ?? "";
  }
  const { name, day } = form.elements;
  name.ariaInvalid = String(errors.has("name"));
  day.ariaInvalid = String(errors.has("expires_at"));
  const wrong = FIELDS.find((field) => errors.has(field));
  const problem = error && !wrong ? { title: error.title, detail: error.message } : null;
  showProblem(find("#key-problem"), problem);
  if (wrong === "name") {
    name.focus();
  } else if (wrong === "expires_at") {
    (form.elements.lifetime.value === "date" ? day : form.elements.lifetime).focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener("change", showDay);
find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
