/** The search field, the filters and the chips that name those in use. */
import { clone, debounce, fill, find } from "../dom.js";
import { describeFilters, FILTERS } from "./view.js";

const TYPED_MS = 200;

const form = find("#filter-form");
const panel = find("#filters");
const button = find("#filters-button");
const chips = find("#chips");
let shown = null;

const inputs = () => FILTERS.map((name) => form.elements[name]).filter(Boolean);

/**
 * Puts `filter` into the fields, once: what has been typed since is newer than
 * any answer that comes in. A field keeps what amounts to the same.
 */
export function showFilter(filter) {
  if (filter === shown) {
    return;
  }
  shown = filter;
  for (const input of inputs()) {
    const value = filter[input.name] ?? "";
    if (input.value.trim() !== value) {
      input.value = value;
    }
  }
  const described = describeFilters(filter);
  chips.hidden = described.length === 0;
  chips.replaceChildren(...described.map(buildChip), ...(described[1] ? [clone("chip-clear")] : []));
}

function buildChip({ names, label }) {
  const chip = clone("chip");
  fill(chip, { label });
  const remove = find("button", chip);
  remove.dataset.names = names.join(" ");
  remove.ariaLabel = `Remove the filter ${label}`;
  return chip;
}

/** Puts each sentence at the field it names, and opens the filters if one is there. */
export function showFilterErrors(errors) {
  for (const place of form.querySelectorAll("[data-error]")) {
    const wrong = place.dataset.error.split(" ").filter((name) => name in errors);
    place.textContent = wrong.map((name) => explain(errors[name])).join(" ");
    for (const name of place.dataset.error.split(" ")) {
      form.elements[name].ariaInvalid = wrong.length > 0 ? "true" : null;
    }
    if (wrong.length > 0 && panel.contains(place)) {
      openPanel(true);
    }
  }
}

/** The API names the other end of a range by its parameter. */
const explain = (detail) => detail.replace(/^This is above \w+\.$/, "This range ends before it begins.");

export const isFilterError = (errors) => Object.keys(errors).some((name) => form.elements[name]);

function openPanel(isOpen) {
  panel.hidden = !isOpen;
  button.ariaExpanded = String(isOpen);
}

/** What the fields say now, and what is in `filter` without having a field. */
function readFilter(filter) {
  const fields = inputs().map(({ name, value }) => [name, value.trim()]);
  return Object.fromEntries(
    Object.entries({ ...filter, ...Object.fromEntries(fields) }).filter(([, value]) => value),
  );
}

export const focusSearch = () => form.elements.q.focus();

/** Calls `onFilter(filter, typed)`; `present()` answers the filter in use. */
export function listenToFilters({ present, onFilter }) {
  const read = (typed) => onFilter(readFilter(present()), typed);
  const readTyped = debounce(TYPED_MS, read);
  form.addEventListener("input", ({ target }) => {
    if (target.matches("select[name]")) {
      read(null);
    } else if (target.name) {
      readTyped(target.name);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read(null);
  });
  button.addEventListener("click", () => openPanel(panel.hidden));
  chips.addEventListener("click", ({ target }) => {
    const names = target.closest("[data-names]")?.dataset.names.split(" ");
    if (names) {
      const rest = Object.entries(present()).filter(([name]) => !names.includes(name));
      onFilter(Object.fromEntries(rest), null);
      (find("button", chips) ?? button).focus();
    }
  });
}
