/** What settings, formats and reasons are called here. What has no name is shown as it came. */
import { formatNumber } from "../format.js";

const LISTED = 12;

export const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
const QUOTES = { '"': "double quotes", "'": "single quotes" };
const DECIMALS = { ".": "prices with a point", ",": "prices with a comma" };

export const MODES = {
  upsert: "create and update",
  create_only: "only create",
  update_only: "only update",
};

export const ON_REJECT = { skip: "leave bad rows out", abort: "stop at a bad row" };

/** Rows that are no products are skipped in every mode. */
const SKIPPED = {
  upsert: "skipped",
  create_only: "known already and left alone",
  update_only: "not in the catalog",
};

const REJECT_KINDS = {
  sku_required: "The SKU is missing",
  name_required: "The name is missing",
  sku_too_long: "The SKU is too long",
  name_too_long: "The name is too long",
  description_too_long: "The description is too long",
  sku_control_character: "The SKU holds a control character",
  name_control_character: "The name holds a control character",
  description_control_character: "The description holds a control character",
  sku_invisible_character: "The SKU holds an invisible character",
  sku_odd_space: "The SKU holds a space that only looks ordinary",
  sku_null: "The SKU is a word for a missing value",
  name_null: "The name is a word for a missing value",
  sku_scientific: "The SKU is a number that a spreadsheet has cut",
  sku_float: "The SKU is a number written with a decimal",
  sku_spreadsheet_error: "The SKU is an error of a spreadsheet",
  name_spreadsheet_error: "The name is an error of a spreadsheet",
  description_spreadsheet_error: "The description is an error of a spreadsheet",
  sku_not_text: "The SKU holds bytes that are not text",
  name_not_text: "The name holds bytes that are not text",
  description_not_text: "The description holds bytes that are not text",
  price_invalid: "The price is not a number",
  price_negative: "The price is below zero",
  price_too_large: "The price is too large",
  price_too_precise: "The price has more than two decimals",
  active_invalid: "Active is neither yes nor no",
  price_cut: "The price seems to be cut at its comma",
  too_few_cells: "The row has too few cells",
  too_many_cells: "The row has too many cells",
  quote_open: "A quote opens and never closes",
  quote_doubtful: "A text that looks like rows of its own",
  line_break_unquoted: "A text is cut at a line break without quotes",
  cell_too_long: "A cell far too long",
  quote_stray: "A quote stands where none belongs",
  not_text: "The row holds bytes that are not text",
};

export const nameRejectKind = (code) => REJECT_KINDS[code] ?? code;

/** "UTF-8, separated by commas, quoted with double quotes, prices with a point". */
export function describeFormat({ encoding, delimiter, quote, decimal }) {
  return [
    encoding?.toUpperCase(),
    delimiter && `separated by ${DELIMITERS[delimiter] ?? delimiter}`,
    quote && `quoted with ${QUOTES[quote] ?? quote}`,
    DECIMALS[decimal],
  ]
    .filter(Boolean)
    .join(", ");
}

/** The first names of a list that may be long; "none" when there are none. */
export function listHeaders(headers, separator = ", ") {
  if (!headers?.length) {
    return "none";
  }
  const rest = headers.length - LISTED;
  const names = headers.slice(0, LISTED).map((header) => header || "(no name)");
  return names.join(separator) + (rest > 0 ? ` and ${formatNumber(rest)} more` : "");
}

/** "412 new, 88 changed, 3 replaced by a later row": what the rows would do, only what occurs. */
export function describeOutlook(counts, mode) {
  const words = {
    created: "new",
    updated: "changed",
    unchanged: "unchanged",
    skipped: SKIPPED[mode],
    duplicates: "replaced by a later row",
    rejected: "rejected",
  };
  return Object.entries(words)
    .filter(([kind]) => counts[kind] > 0)
    .map(([kind, word]) => `${formatNumber(counts[kind])} ${word}`)
    .join(", ");
}
