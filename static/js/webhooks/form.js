/** The dialog that creates a webhook and edits one. An edit sends only what differs. */
import { get, request } from "../api.js";
import { keepBusy, openDialog } from "../dialog.js";
import { clone, fill, find, showProblem } from "../dom.js";
import { EVENTS, EVERYTHING } from "./wording.js";

const BLANK = { url: "", description: "", events: [EVERYTHING], each_row: false };
const FIELDS = Object.keys(BLANK);

const dialog = find("#webhook-dialog");
const form = find("#webhook-form");
const choices = find("#event-choices");
let webhook = null;
let given = {};
let saved = null;

/**
 * Opens the dialog on a fresh copy of webhook `id`, or empty.
 *
 * Resolves with what was stored, a new one with its secret, or with null.
 */
export async function editWebhook(id, fallback) {
  webhook = id === null ? null : await get(`/api/webhooks/${id}`);
  saved = null;
  show(webhook ?? BLANK);
  given = read();
  showErrors(null);
  find("#webhook-dialog-title").textContent = webhook ? "Edit webhook" : "New webhook";
  find('[type="submit"]', form).textContent = webhook ? "Save" : "Create webhook";
  const closed = openDialog(dialog, fallback);
  form.elements.url.focus();
  await closed;
  return saved;
}

function show({ url, description, events, each_row: eachRow }) {
  const isAll = events.includes(EVERYTHING);
  form.elements.url.value = url;
  form.elements.description.value = description;
  form.elements.each_row.checked = eachRow;
  form.elements.scope.value = isAll ? "all" : "some";
  const known = [...new Set([...Object.keys(EVENTS), ...(isAll ? [] : events)])];
  choices.replaceChildren(...known.map((name) => buildChoice(name, events)));
  showScope();
}

function buildChoice(name, chosen) {
  const choice = clone("event-choice");
  fill(choice, { name, words: EVENTS[name] ?? "A kind of event that is not named here" });
  find("input", choice).value = name;
  find("input", choice).checked = chosen.includes(name);
  return choice;
}

const isEverything = () => form.elements.scope.value === "all";

function showScope() {
  choices.hidden = isEverything();
}

function read() {
  const chosen = [...choices.querySelectorAll("input:checked")].map(({ value }) => value);
  return {
    url: form.elements.url.value.trim(),
    description: form.elements.description.value.trim(),
    events: isEverything() ? [EVERYTHING] : chosen,
    each_row: form.elements.each_row.checked,
  };
}

const isSame = (left, right) => JSON.stringify(left) === JSON.stringify(right);

function save(values) {
  if (!webhook) {
    return request("POST", "/api/webhooks", { body: values });
  }
  const changed = FIELDS.filter((field) => !isSame(values[field], given[field]));
  const body = Object.fromEntries(changed.map((field) => [field, values[field]]));
  return changed.length > 0 ? request("PATCH", `/api/webhooks/${webhook.id}`, { body }) : webhook;
}

async function submit() {
  const values = read();
  const errors = findGaps(values);
  showErrors(errors && { errors });
  if (errors) {
    return;
  }
  try {
    saved = await keepBusy(dialog, async () => save(values));
    dialog.close("saved");
  } catch (error) {
    showErrors(error);
  }
}

/** What needs no server to be seen, in words that fit this form; null when nothing is missing. */
function findGaps({ url, events }) {
  const gaps = [
    !url && { pointer: "/url", detail: "Give the address that messages are sent to." },
    events.length === 0 && { pointer: "/events", detail: "Choose at least one kind of event." },
  ].filter(Boolean);
  return gaps.length > 0 ? gaps : null;
}

/** Puts each error at the field it names; what names no field stands above them all. */
function showErrors(error) {
  const errors = new Map(
    (error?.errors ?? []).map(({ pointer, detail }) => [pointer.split("/")[1], detail]),
  );
  for (const field of FIELDS) {
    find(`#webhook-${field}-error`).textContent = errors.get(field) ?? "";
  }
  for (const field of ["url", "description"]) {
    form.elements[field].ariaInvalid = String(errors.has(field));
  }
  const wrong = FIELDS.find((field) => errors.has(field));
  showProblem(find("#webhook-problem"), error && !wrong ? describe(error) : null);
  focusOn(wrong);
}

const describe = (error) =>
  error.status === 404
    ? { title: "This webhook was deleted meanwhile", detail: "Nothing has been stored." }
    : { title: error.title ?? "Something went wrong", detail: error.message };

function focusOn(field) {
  if (field === "events") {
    find("input", choices).focus();
  } else if (field) {
    form.elements[field].focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener("change", showScope);
find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
