/**
 * What the list shows: filters, order and place, as the page's address says it.
 *
 * Pure, but for the visitor's time zone. The names are the API's. A date in the
 * address is a day where the visitor is; the API is asked for moments.
 */
import { formatPrice } from "../format.js";
import { isolate } from "./fields.js";

export const FILTERS = [
  "q",
  "sku",
  "name",
  "description",
  "active",
  "price_min",
  "price_max",
  "created_after",
  "created_before",
  "updated_after",
  "updated_before",
  "change_set_id",
];
const FIRST_SORT = "-id";
const SORTED_BY = ["id", "sku", "name", "price", "created_at", "updated_at"];
/** Days to add: a range of days ends where the day after its last one begins. */
const DAYS = { created_after: 0, created_before: 1, updated_after: 0, updated_before: 1 };
const PRICES = ["price_min", "price_max"];
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** `{ filter, sort, cursor }` of an address; what makes no sense in it is left out. */
export function parseView(search) {
  const query = new URLSearchParams(search);
  const given = FILTERS.map((name) => [name, query.get(name)?.trim() ?? ""]);
  const sort = query.get("sort") ?? "";
  return {
    filter: Object.fromEntries(given.filter(([name, value]) => value && isPossible(name, value))),
    sort: SORTED_BY.includes(sort.replace(/^-/, "")) ? sort : FIRST_SORT,
    cursor: query.get("cursor") ?? "",
  };
}

const isPossible = (name, value) => !(name in DAYS) || parseDay(value) !== null;

/** The first moment of a day such as 2026-11-21; null for anything else. */
function parseDay(text, later = 0) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day) + later);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The address's query of a view, defaults left out. */
export function formatView({ filter, sort, cursor }) {
  const order = sort === FIRST_SORT ? {} : { sort };
  return new URLSearchParams({ ...filter, ...order, ...(cursor && { cursor }) }).toString();
}

/** The filter as the API takes it, in a query and in the body of a bulk operation. */
export function askFor(filter) {
  const ask = ([name, value]) => [
    name,
    name in DAYS ? parseDay(value, DAYS[name]).toISOString() : readPrice(name, value),
  ];
  return Object.fromEntries(Object.entries(filter).map(ask));
}

const readPrice = (name, value) =>
  PRICES.includes(name) ? value.replace(/^(\d+),(\d{1,2})$/, "$1.$2") : value;

/** The query of the list's address. */
export function buildQuery({ filter, sort, cursor }) {
  return new URLSearchParams({ ...askFor(filter), sort, ...(cursor && { cursor }) });
}

export const isNarrowed = ({ filter }) => Object.keys(filter).length > 0;

/** What a click on a column makes of the order: its own first, then the reverse, then none. */
export function nextSort(sort, column, first) {
  const reverse = first.startsWith("-") ? column : `-${column}`;
  return sort === first ? reverse : sort === reverse ? FIRST_SORT : first;
}

/** The filters in use in words, each with the names it stands for; the search is not among them. */
export function describeFilters(filter) {
  const texts = { sku: "SKU", name: "Name", description: "Description" };
  return [
    ...Object.keys(texts)
      .filter((name) => filter[name])
      .map((name) => ({ names: [name], label: `${texts[name]}: ${isolate(filter[name])}` })),
    ...(filter.active
      ? [{ names: ["active"], label: filter.active === "true" ? "Active" : "Inactive" }]
      : []),
    ...describeRange("Price", filter, PRICES, showPrice),
    ...describeRange("Created", filter, ["created_after", "created_before"], showDay),
    ...describeRange("Updated", filter, ["updated_after", "updated_before"], showDay),
    ...(filter.change_set_id
      ? [{ names: ["change_set_id"], label: "Changed by one operation" }]
      : []),
  ];
}

function describeRange(label, filter, names, show) {
  const [from, to] = names.map((name) => filter[name] && show(filter[name]));
  if (!from && !to) {
    return [];
  }
  const words = from && to ? `${from} – ${to}` : from ? `from ${from}` : `up to ${to}`;
  return [{ names, label: `${label}: ${words}` }];
}

const showPrice = (text) => (/^\d+(\.\d+)?$/.test(text) ? formatPrice(text) : text);
const showDay = (text) => DAY.format(parseDay(text));
