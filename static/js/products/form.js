/**
 * The dialog that creates a product and edits all fields of one.
 *
 * An edit sends only the fields that differ, under the version that was read.
 * What somebody else has changed meanwhile is shown at its field: theirs can be
 * kept one by one, saving again takes what the form says.
 */
import { get, request } from "../api.js";
import { keepBusy, openDialog } from "../dialog.js";
import { clone, fill, find, showProblem } from "../dom.js";
import { FIELDS, readText, shorten, showValue } from "./fields.js";
import { EditConflict, findTaken, locateErrors, saveFields } from "./saving.js";

const BLANK = { sku: "", name: "", description: "", price: null, active: true };
const TEXTS = FIELDS.filter((field) => field !== "active");
const LONGEST_SHOWN = 300;

const dialog = find("#product-dialog");
const form = find("#product-form");
let product = null;
let given = {};
let saved = null;

/**
 * Opens the dialog on a fresh copy of product `id`, or empty, with the focus on
 * `field`; what was saved, or null.
 */
export async function editProduct(id, fallback, field = "sku") {
  open(id === null ? null : await get(`/api/products/${id}`));
  const closed = openDialog(dialog, fallback);
  form.elements[field].focus();
  await closed;
  return saved;
}

function open(opened) {
  product = opened;
  saved = null;
  given = {};
  showFields(product ?? BLANK, FIELDS);
  showErrors(null);
  find("#product-dialog-title").textContent = product ? "Edit product" : "New product";
}

/** Puts values into the form and remembers what the controls have made of them. */
function showFields(values, fields) {
  for (const field of fields) {
    if (field === "active") {
      form.elements.active.checked = values.active;
    } else {
      form.elements[field].value = values[field] ?? "";
    }
    given[field] = readField(field);
  }
}

const readField = (field) =>
  field === "active" ? form.elements.active.checked : readText(field, form.elements[field].value);

/** The fields whose control no longer holds what it was given. */
const readChanges = () =>
  Object.fromEntries(
    FIELDS.filter((field) => readField(field) !== given[field]).map((field) => [
      field,
      readField(field),
    ]),
  );

async function save() {
  if (!product) {
    const body = Object.fromEntries(FIELDS.map((field) => [field, readField(field)]));
    return request("POST", "/api/products", { body });
  }
  const changes = readChanges();
  return Object.keys(changes).length > 0 ? saveFields(product, product, changes) : product;
}

async function submit() {
  showErrors(null);
  try {
    saved = await keepBusy(dialog, save);
    dialog.close("saved");
  } catch (error) {
    if (error instanceof EditConflict) {
      showConflict(error);
    } else {
      showErrors(error);
    }
  }
}

/** Takes over what only they have changed, and shows theirs at the fields both have. */
function showConflict({ product: theirs, fields }) {
  const mine = Object.keys(readChanges());
  showFields(theirs, FIELDS.filter((field) => !mine.includes(field)));
  product = theirs;
  find("#form-conflict").hidden = false;
  for (const field of fields) {
    placeOf(field).replaceChildren(buildTheirs(field, theirs));
  }
  find(".theirs button", form)?.focus();
}

function buildTheirs(field, theirs) {
  const note = clone("theirs");
  fill(note, { value: shorten(showValue(field, theirs[field]), LONGEST_SHOWN) || "(empty)" });
  find("button", note).addEventListener("click", () => {
    showFields(theirs, [field]);
    placeOf(field).replaceChildren();
    form.elements[field].focus();
  });
  return note;
}

const placeOf = (field) => find(`#product-${field}-error`);

/** Puts each error at the field it names; what names no field goes above them all. */
function showErrors(error) {
  const errors = locateErrors(error);
  const wrong = TEXTS.filter((field) => field in errors);
  find("#form-conflict").hidden = true;
  for (const field of FIELDS) {
    placeOf(field).textContent = errors[field] ?? "";
  }
  for (const field of TEXTS) {
    form.elements[field].setAttribute("aria-invalid", String(wrong.includes(field)));
  }
  offerTaken(findTaken(error));
  showProblem(find("#form-problem"), wrong.length > 0 ? null : describe(error));
  form.elements[wrong[0]]?.focus();
}

function describe(error) {
  if (error?.status === 404) {
    return { title: "This product was deleted meanwhile", detail: "Nothing has been stored." };
  }
  return error && { title: error.title ?? "Something went wrong", detail: error.message };
}

/** A SKU that is taken leads to the product that has it. */
function offerTaken(id) {
  if (id !== null) {
    const link = clone("taken");
    link.href = `/products.html?product=${id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(id);
    });
    placeOf("sku").append(" ", link);
  }
}

async function goTo(id) {
  try {
    open(await keepBusy(dialog, () => get(`/api/products/${id}`)));
    form.elements.sku.focus();
  } catch (error) {
    showErrors(error);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
