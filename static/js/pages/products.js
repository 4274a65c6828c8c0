/** The catalog page: finds, edits, selects, deletes. What it shows is in the address. */
import { get, isAbort } from "../api.js";
import { find } from "../dom.js";
import { listenToPager } from "../list.js";
import { poll } from "../poll.js";
import { forget, listenToTravel, readScroll, readView, visit } from "../products/address.js";
import { roundEstimate } from "../products/amounts.js";
import { changeSelected, deleteEverything } from "../products/bulk.js";
import { focusSearch, listenToFilters } from "../products/filters.js";
import { editProduct } from "../products/form.js";
import { keepFocus, setTabStop } from "../products/grid.js";
import { closeByItself } from "../products/menu.js";
import { listenToRows } from "../products/rows.js";
import { listenToSelection, showSelection } from "../products/selecting.js";
import { Selection } from "../products/selection.js";
import { showState } from "../products/states.js";
import { findRow, showProduct, showProducts } from "../products/table.js";
import { buildQuery, formatView, nextSort } from "../products/view.js";
import { Store } from "../store.js";
import { showToast, toastError } from "../toast.js";

/** The order a column's head asks for first. */
const ORDERS = { sku: "sku", name: "name", price: "price", updated_at: "-updated_at" };

const store = new Store({
  view: readView(),
  page: null,
  problem: null,
  isLoading: false,
  isLost: false,
});
const selection = new Selection();
const fallback = find("#filter-form [name=q]");
let loading = new AbortController();
let drawn = null;

/** Loads what the view asks for, again and again while the server is away. */
async function load() {
  loading.abort();
  loading = new AbortController();
  const query = buildQuery(store.value.view);
  store.update({ isLoading: true });
  try {
    await poll((signal) => get(`/api/products?${query}`, signal), {
      signal: loading.signal,
      interval: 0,
      isDone: () => true,
      onAnswer: (page) =>
        store.update({ page: roundEstimate(page), problem: null, isLoading: false }),
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ problem, isLoading: false, isLost: false });
    }
    return;
  }
  if (store.value.page.items.length === 0 && store.value.view.cursor) {
    await go({ cursor: "" }); // everything from here on has been deleted
  }
}

/** Goes on to another view, as a step that Back undoes; every other view begins at its start. */
function go(changes, typed = null) {
  const view = { ...store.value.view, cursor: "", ...changes };
  visit(view, typed);
  return show(view);
}

/** Shows a view. What was selected among other products than it finds is selected no longer. */
function show(view) {
  const isOther = nameFilter(view) !== nameFilter(store.value.view);
  store.update({ view, isLoading: true }); // what is there answers another question
  if (isOther) {
    selection.clear();
  }
  return load();
}

const nameFilter = ({ filter }) => formatView({ filter, sort: "-id", cursor: "" });

async function travel() {
  const scroll = readScroll();
  await show(readView());
  window.scrollTo(0, scroll);
}

function render() {
  const { page, isLoading } = store.value;
  showState(store.value);
  if (page !== drawn && !isLoading) {
    drawn = page;
    keepFocus(() => showProducts(page.items));
    showSelection(selection, page);
  }
}

/** Edits product `id` in the dialog, `field` first; creates one when there is no id. */
async function open(id, field) {
  const saved = await editProduct(id, fallback, field);
  if (!saved) {
    return;
  }
  showToast(id === null ? "The product was added" : "Saved");
  if (findRow(saved.id)) {
    showProduct(saved);
  } else {
    await load();
  }
}

/** What is to happen around an operation on many products. */
const around = { onStart: () => selection.clear(), onEnd: load, fallback };

const changeMany = (action) => {
  const { page, view } = store.value;
  return changeSelected(action, selection, { ...around, page, filter: view.filter });
};

const clear = () => {
  focusSearch();
  return go({ filter: {} });
};
const actions = { reload: load, clear, create: () => open(null) };

store.addEventListener("change", render);
selection.addEventListener("change", () => showSelection(selection, store.value.page));
listenToTravel(travel);
listenToFilters({
  present: () => store.value.view.filter,
  onFilter: (filter, typed) => {
    if (nameFilter({ filter }) !== nameFilter(store.value.view)) {
      go({ filter }, typed);
    }
  },
});
listenToPager((cursor) => go({ cursor }).then(() => window.scrollTo(0, 0)));
listenToSelection(selection);
listenToRows({ selection, onOpen: (...which) => open(...which).catch(toastError), onChange: load, fallback });
closeByItself(find("#more-menu"));

find("#catalog thead").addEventListener("click", ({ target }) => {
  const column = target.closest("[data-sort]")?.dataset.sort;
  if (column) {
    go({ sort: nextSort(store.value.view.sort, column, ORDERS[column]) });
  }
});
find("#sort-select").addEventListener("change", ({ target }) => go({ sort: target.value }));
find("#first-page-button").addEventListener("click", () => go({ cursor: "" }));
find("#create-button").addEventListener("click", () => open(null).catch(toastError));
find("#delete-all-button").addEventListener("click", () =>
  deleteEverything(around).catch(toastError),
);
find("#selection-bar").addEventListener("click", ({ target }) => {
  const action = target.closest("[data-bulk]")?.dataset.bulk;
  if (action) {
    changeMany(action).catch(toastError);
  }
});
document.addEventListener("click", (event) => {
  const { action } = event.target.closest("[data-action]")?.dataset ?? {};
  const link = event.target.closest("a[data-product]");
  if (link) {
    event.preventDefault();
    open(Number(link.dataset.product)).catch(toastError);
  } else if (Object.hasOwn(actions, action)) {
    actions[action]().catch(toastError);
  }
});
window.addEventListener("pageshow", ({ persisted }) => persisted && load());

const linked = new URLSearchParams(location.search).get("product");
travel();
setTabStop();
if (linked && /^\d+$/.test(linked)) {
  forget("product");
  open(linked).catch(toastError);
}
