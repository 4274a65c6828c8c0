/** Everything around the rows: how many there are, why there are none, what went wrong. */
import { fill, find, showProblem } from "../dom.js";
import { fillPager } from "../list.js";
import { countTotal } from "./amounts.js";
import { isolate } from "./fields.js";
import { isFilterError, showFilter, showFilterErrors } from "./filters.js";
import { locateErrors } from "./saving.js";
import { showSort } from "./table.js";
import { askFor, describeFilters, isNarrowed } from "./view.js";

/** Shows the state of the list; the rows themselves are not its business. */
export function showState({ view, page, problem, isLoading, isLost }) {
  const list = find("#list");
  list.classList.toggle("is-loading", isLoading);
  list.ariaBusy = String(isLoading);
  find("#connection-lost").hidden = !isLost;
  showRefusal(problem);
  showFilter(view.filter);
  showSort(view.sort);
  find("#sort-select").value = view.sort;
  find("#export-link").href = `/api/products/export.csv?${new URLSearchParams(askFor(view.filter))}`;
  if (page && !isLoading) {
    showAmount(view, page);
  }
}

/** What the server has against a filter stands at its field, anything else above the list. */
function showRefusal(problem) {
  const errors = locateErrors(problem);
  showFilterErrors(errors);
  showProblem(
    find("#list-problem"),
    problem && !isFilterError(errors) ? explain(problem, errors) : null,
  );
}

function explain({ title, message }, errors) {
  if (errors.cursor) {
    return {
      title: "This page of the list cannot be found",
      detail: "The link to it may be incomplete, or belong to another order.",
    };
  }
  return { title: title ?? "Something went wrong", detail: message };
}

function showAmount(view, page) {
  const isEmpty = page.items.length === 0;
  const isFiltered = isNarrowed(view);
  find("#list").hidden = isEmpty;
  find("#no-products").hidden = !isEmpty || isFiltered;
  find("#no-hits").hidden = !isEmpty || !isFiltered;
  find("#total").textContent = describeAmount(view, page);
  fill(find("#no-hits"), { wanted: describeWanted(view.filter) });
  fillPager(page);
}

function describeAmount({ filter }, page) {
  const total = countTotal(page);
  const names = Object.keys(filter);
  if (names.length === 0) {
    return `${total} in the catalog`;
  }
  const isSearch = names.length === 1 && filter.q;
  return isSearch ? `${total} with “${isolate(filter.q)}”` : `${total} found`;
}

function describeWanted(filter) {
  const search = filter.q ? [`“${isolate(filter.q)}”`] : [];
  return [...search, ...describeFilters(filter).map(({ label }) => label)].join(" · ");
}
