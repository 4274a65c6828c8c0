/** The catalog page: search, walk, create, edit, delete. Search and place live in the address. */
import { get, isAbort, request } from "../api.js";
import { confirmAction } from "../dialog.js";
import { clone, debounce, fill, fillTime, find, keepInAddress, showProblem } from "../dom.js";
import { formatPrice } from "../format.js";
import { describeTotal, fillPager, listenToPager } from "../list.js";
import { editProduct } from "../product-form.js";
import { Store } from "../store.js";
import { showToast, toastError } from "../toast.js";

const SEARCH_MS = 200;

const store = new Store({ q: "", cursor: "", page: null, problem: null, isLoading: false });
const input = find("#search-input");
let loading = new AbortController();

/** Loads the page the state asks for; an answer that has become outdated is aborted. */
async function load() {
  loading.abort();
  loading = new AbortController();
  const { q, cursor } = store.value;
  const query = new URLSearchParams(Object.entries({ q, cursor }).filter(([, value]) => value));
  store.update({ isLoading: true });
  try {
    const page = await get(`/api/products?${query}`, loading.signal);
    store.update({ page, problem: null, isLoading: false });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ page: null, problem, isLoading: false });
    }
  }
}

/** Goes to a page or a search; only paging makes a step that the Back button undoes. */
function go(place, options) {
  store.update(place);
  keepInAddress({ q: store.value.q, cursor: store.value.cursor }, options);
  return load();
}

function render() {
  const { page, q, problem, isLoading } = store.value;
  showProblem(find("#list-problem"), problem);
  find("#list").classList.toggle("is-loading", isLoading);
  if (isLoading) {
    return;
  }
  const isEmpty = page?.items.length === 0;
  find("#list").hidden = !page || isEmpty;
  find("#no-products").hidden = !isEmpty || q !== "";
  find("#no-hits").hidden = !isEmpty || q === "";
  fill(find("#no-hits"), { q });
  if (page) {
    find("#total").textContent = describe(page, q);
    fillPager(page);
    find("tbody").replaceChildren(...page.items.map(buildRow));
  }
}

function describe(page, q) {
  const total = describeTotal(page, "product");
  return q ? `${total} with “${q}”` : `${total} in the catalog`;
}

function buildRow({ id, sku, name, price, active, updated_at: updated }) {
  const row = clone("product");
  row.dataset.id = id;
  row.dataset.sku = sku;
  fill(row, { sku, name, price: formatPrice(price), active: active ? "Active" : "Inactive" });
  find(".badge", row).dataset.tone = active ? "active" : "inactive";
  find('[data-action="delete"]', row).ariaLabel = `Delete ${sku}`;
  fillTime(find("time", row), updated);
  return row;
}

async function edit(id) {
  if (await editProduct(id, input)) {
    showToast("Saved");
    await load();
    find(`tr[data-id="${id}"] [data-action="edit"]`)?.focus();
  }
}

async function remove({ id, sku }) {
  const isSure = await confirmAction(
    {
      title: `Delete ${sku}?`,
      detail: "The product leaves the catalog, and systems that listen are told.",
      action: "Delete",
    },
    input,
  );
  if (isSure) {
    await request("DELETE", `/api/products/${id}`);
    showToast(`${sku} was deleted`);
    await load();
    input.focus();
  }
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  const q = query.get("q") ?? "";
  input.value = q;
  store.update({ q, cursor: query.get("cursor") ?? "" });
  return load();
}

const search = debounce(SEARCH_MS, () => {
  const q = input.value.trim();
  if (q !== store.value.q) {
    go({ q, cursor: "" });
  }
});

store.addEventListener("change", render);
input.addEventListener("input", search);
window.addEventListener("popstate", readAddress);
listenToPager((cursor) => go({ cursor }, { inHistory: true }).then(() => window.scrollTo(0, 0)));
find("#search-form").addEventListener("submit", (event) => event.preventDefault());
find("#retry-button").addEventListener("click", load);
find("#create-button").addEventListener("click", () => edit(null).catch(toastError));
find("#clear-button").addEventListener("click", () => {
  input.value = "";
  input.focus();
  go({ q: "", cursor: "" });
});
find("tbody").addEventListener("click", ({ target }) => {
  const { action } = target.closest("[data-action]")?.dataset ?? {};
  const { id, sku } = target.closest("tr").dataset;
  const actions = { edit: () => edit(id), delete: () => remove({ id, sku }) };
  actions[action]?.().catch(toastError);
});

readAddress();
