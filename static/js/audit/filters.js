/** What the log is narrowed to. It stands in the address: an address can be sent to somebody. */
import { find } from "../dom.js";
import { ACTIONS } from "./wording.js";

const NAMES = ["action", "actor", "from", "to", "cursor"];
const form = find("#filter-form");

/** Offers every action in the select. */
export function offerActions() {
  const options = Object.entries(ACTIONS).map(([value, { label }]) => new Option(label, value));
  form.elements.action.append(...options);
}

/** What the address says. */
export function readFilter() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
}

/** Puts it into the fields; what is being typed is newer than any answer. */
export function showFilter(filter) {
  for (const name of NAMES) {
    const field = form.elements[name];
    const isTyped = name === "actor" && field === document.activeElement;
    if (field && !isTyped) {
      field.value = filter[name];
    }
  }
  find("#clear-button").hidden = !isNarrowed(filter);
}

/** Whether anything is left out. */
export const isNarrowed = (filter) => NAMES.some((name) => name !== "cursor" && filter[name]);

/** The fields' values; a new filter begins at the first page. */
export function collectFilter() {
  return Object.fromEntries(new FormData(form).entries().map(([name, value]) => [name, value.trim()]));
}

/** As the API takes it: days are the reader's, and the last one counts. */
export function buildQuery({ from, to, ...rest }) {
  const query = { ...rest, from: beginOfDay(from, 0), to: beginOfDay(to, 1) };
  return new URLSearchParams(Object.entries(query).filter(([, value]) => value));
}

/** The moment at which the day `after` days behind `day` begins here; nothing if it is no day. */
function beginOfDay(day, after) {
  const moment = new Date(`${day}T00:00`);
  moment.setDate(moment.getDate() + after);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}

/** Calls `onChange(filter, isTyped)` for each change of a field. */
export function listenToFilters(onChange) {
  form.addEventListener("input", ({ target }) => {
    onChange(collectFilter(), target === form.elements.actor);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onChange(collectFilter(), false);
  });
  find("#clear-button").addEventListener("click", () => {
    form.reset();
    form.elements.action.focus();
    onChange({}, false);
  });
}
