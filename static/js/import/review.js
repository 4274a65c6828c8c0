/** The two views that wait for a decision: a checked import, and one whose columns are unclear. */
import { clone, fill, find } from "../dom.js";
import { formatCount, formatPrice } from "../format.js";
import { buildTally } from "../tally.js";
import { buildFacts } from "./facts.js";
import { FIELDS } from "./fields.js";

const ACTIONS = { create: "Create", update: "Update" };

export function renderReview(view, record, preview) {
  fill(view, { lead: `${record.filename} was checked from the first row to the last. Nothing has changed yet.` });
  find("[data-outcome]", view).replaceChildren(buildTally(preview.counts), buildFacts(record) ?? "");
  const changes = preview.sample_changes;
  find("#sample-changes").hidden = changes.length === 0;
  const all = preview.counts.created + preview.counts.updated;
  fill(view, {
    "changes-note":
      all > changes.length
        ? `${formatCount(changes.length, "example")} out of ${formatCount(all, "product")}`
        : formatCount(all, "product"),
  });
  find("tbody", view).replaceChildren(...changes.map(buildChange));
}

function buildChange({ action, line, before, after }) {
  const row = clone("change");
  fill(row, { action: ACTIONS[action], line, sku: after.sku });
  find(".badge", row).dataset.tone = action;
  const differences = Object.keys(FIELDS)
    .filter((field) => field in after && isNews(field, before, after))
    .map((field) => buildDifference(field, before, after));
  find(".diff", row).replaceChildren(...differences);
  return row;
}

/** A new product's SKU stands in its own column already, and empty values are no news. */
function isNews(field, before, after) {
  return before ? before[field] !== after[field] : field !== "sku" && showValue(field, after) !== "";
}

function buildDifference(field, before, after) {
  const item = clone("difference");
  fill(item, {
    field: FIELDS[field],
    before: before ? showValue(field, before) || "(empty)" : "",
    after: showValue(field, after) || "(empty)",
  });
  find("del", item).hidden = !before;
  return item;
}

function showValue(field, values) {
  const value = values[field];
  if (value === null || value === undefined) {
    return "";
  }
  if (field === "active") {
    return value ? "yes" : "no";
  }
  return field === "price" ? formatPrice(value) : String(value);
}

export function renderMapping(view, record, preview) {
  const { title, detail } = record.problem ?? { title: "The columns are unclear", detail: "" };
  fill(view, {
    lead: `${record.filename} has ${formatCount(preview.columns.length, "column")}. Nothing has changed yet.`,
    "problem-title": title,
    "problem-detail": detail,
  });
  const fields = Object.entries(FIELDS).map((field) => buildMappingField(field, preview.columns));
  find("#mapping-fields").replaceChildren(...fields);
}

function buildMappingField([field, label], columns) {
  const box = clone("mapping-field");
  const select = find("select", box);
  select.id = `mapping-${field}`;
  select.name = field;
  select.required = field === "sku";
  find("label", box).htmlFor = select.id;
  select.append(...columns.map(({ header }) => buildOption(header)));
  select.value = columns.find((column) => column.field === field)?.header ?? "";
  const showSamples = () => {
    const samples = columns.find(({ header }) => header === select.value)?.samples ?? [];
    fill(box, { label, samples: samples.filter(Boolean).join(" · ") });
  };
  select.addEventListener("change", showSamples);
  showSamples();
  return box;
}

function buildOption(header) {
  const option = clone("option");
  option.value = header;
  option.textContent = header;
  return option;
}

/** The choice as the API takes it: field → header, null for a field the file does not have. */
export function readMapping(form) {
  const chosen = new FormData(form);
  return Object.fromEntries(Object.keys(FIELDS).map((field) => [field, chosen.get(field) || null]));
}
