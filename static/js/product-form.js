/**
 * The dialog that creates and edits a product.
 *
 * An edit sends only the fields that differ, under the version that was read:
 * somebody else's change in the meantime is shown, never overwritten.
 */
import { get, request } from "./api.js";
import { keepBusy, openDialog } from "./dialog.js";
import { find, showProblem } from "./dom.js";

const BLANK = { sku: "", name: "", description: "", price: null, active: true };

const dialog = find("#product-dialog");
const form = find("#product-form");
let product = null;

/** Opens the dialog on a fresh copy of product `id`, or empty; true once something was saved. */
export async function editProduct(id, fallback) {
  product = id === null ? null : await get(`/api/products/${id}`);
  fillForm(product ?? BLANK);
  find("#product-dialog-title").textContent = product ? "Edit product" : "New product";
  return (await openDialog(dialog, fallback)) === "saved";
}

function fillForm(values) {
  for (const name of ["sku", "name", "description", "price"]) {
    form.elements[name].value = values[name] ?? "";
  }
  form.elements.active.checked = values.active;
  showErrors(null);
}

function readForm() {
  const { sku, name, description, price, active } = form.elements;
  return {
    sku: sku.value.trim(),
    name: name.value.trim(),
    description: description.value,
    price: price.value.trim() || null,
    active: active.checked,
  };
}

/** Forms turn every line break into a single newline, which is no change of the text. */
const isSame = (left, right) =>
  left === right || String(left ?? "").replace(/\r\n?/g, "\n") === String(right ?? "");

async function save() {
  const values = readForm();
  if (!product) {
    return request("POST", "/api/products", { body: values });
  }
  const changed = Object.entries(values).filter(([name, value]) => !isSame(product[name], value));
  if (changed.length === 0) {
    return product;
  }
  return request("PATCH", `/api/products/${product.id}`, {
    body: Object.fromEntries(changed),
    headers: { "If-Match": `"${product.version}"` },
  });
}

async function submit() {
  showErrors(null);
  try {
    await keepBusy(dialog, save);
    dialog.close("saved");
  } catch (error) {
    showErrors(error);
  }
}

/** Puts each error at the field it names; what names no field goes above them all. */
function showErrors(error) {
  const atFields = locateErrors(error);
  for (const place of form.querySelectorAll(".field-error")) {
    const input = form.elements[place.previousElementSibling.name];
    place.textContent = atFields[input.name] ?? "";
    input.setAttribute("aria-invalid", String(input.name in atFields));
  }
  const isPlaced = Object.keys(atFields).length > 0;
  find("#reload-button").hidden = error?.status !== 412;
  showProblem(find("#form-problem"), isPlaced ? null : explain(error));
  find('[aria-invalid="true"]', form)?.focus();
}

/** Field name → message. A taken SKU is an error of its field, though it names none. */
function locateErrors(error) {
  if (error?.type === "/problems/duplicate-sku") {
    return { sku: error.message };
  }
  const named = (error?.errors ?? []).map(({ pointer, detail }) => [pointer.slice(1), detail]);
  return Object.fromEntries(named.filter(([name]) => form.elements[name]?.matches(".input")));
}

function explain(error) {
  if (error?.status !== 412) {
    return error;
  }
  return {
    title: "Somebody else changed this product",
    detail: "It was saved elsewhere after you opened it. Your changes have not been stored.",
  };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
find('[data-action="close"]', dialog).addEventListener("click", () => dialog.close());
find("#reload-button").addEventListener("click", async () => {
  try {
    product = await keepBusy(dialog, () => get(`/api/products/${product.id}`));
    fillForm(product);
  } catch (error) {
    showErrors(error);
  }
});
