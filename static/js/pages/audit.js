/** The audit log: who did what, newest first, a page at a time. */
import { get, isAbort } from "../api.js";
import {
  buildQuery,
  isNarrowed,
  listenToFilters,
  offerActions,
  readFilter,
  showFilter,
} from "../audit/filters.js";
import { describeDetail, describeEntry, findLink } from "../audit/wording.js";
import { debounce, fill, fillTime, find, keepInAddress, showProblem } from "../dom.js";
import { formatActor, formatNumber } from "../format.js";
import { fillPager, listenToPager, placeItems } from "../list.js";
import { Store } from "../store.js";

const LIMIT = 50;
const TYPED_MS = 250;

const store = new Store({ page: null, problem: null, filter: readFilter() });
let asking = new AbortController();

/** Shows the page that the address names. */
async function load() {
  asking.abort();
  asking = new AbortController();
  const filter = readFilter();
  const query = buildQuery({ ...filter, limit: LIMIT });
  find("#list").classList.add("is-loading");
  try {
    const page = await get(`/api/audit?${query}`, asking.signal);
    store.update({ page, problem: null, filter });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ page: null, problem, filter });
    }
  }
}

function render() {
  const { page, problem, filter } = store.value;
  const isEmpty = page?.items.length === 0;
  showProblem(find("#problem"), problem);
  showFilter(filter);
  find("#list").classList.remove("is-loading");
  find("#list").hidden = !page || isEmpty;
  find("#nothing").hidden = !isEmpty || isNarrowed(filter);
  find("#nothing-found").hidden = !isEmpty || !isNarrowed(filter);
  if (page) {
    const count = `${formatNumber(page.total)} ${page.total === 1 ? "entry" : "entries"}`;
    find("#total").textContent = isEmpty ? "" : `${count}, newest first. None can be changed.`;
    placeItems(find("tbody"), page.items, "entry", fillRow);
    fillPager(page);
  }
}

function fillRow(row, entry) {
  const link = findLink(entry);
  const title = find("a", row);
  if (link) {
    title.href = link;
  } else {
    title.removeAttribute("href");
  }
  fill(row, {
    title: describeEntry(entry),
    detail: describeDetail(entry),
    actor: formatActor(entry.actor),
    address: entry.address || "–",
  });
  const time = find("time", row);
  fillTime(time, entry.at);
  time.title = entry.at;
}

function goTo(filter, options) {
  keepInAddress(filter, options);
  return load();
}

const goToTyped = debounce(TYPED_MS, (filter) => goTo(filter));

store.addEventListener("change", render);
window.addEventListener("popstate", load);
find("#retry-button").addEventListener("click", load);
offerActions();
listenToFilters((filter, isTyped) =>
  isTyped ? goToTyped(filter) : goTo(filter, { inHistory: true }),
);
listenToPager((cursor) => {
  goTo({ ...readFilter(), cursor }, { inHistory: true }).then(() => window.scrollTo(0, 0));
});

load();
