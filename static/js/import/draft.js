/**
 * What a person has changed about a checked import and not sent yet.
 *
 * Pure. A reading is `{ fields, delimiter, encoding, decimal, mode, on_reject }`:
 * for each column of the file the field it brings or null, and the settings, ""
 * where the server is to find out by itself. The draft is a reading compared
 * with another, the one the server used.
 */
import { FIELDS } from "./fields.js";

const SETTINGS = {
  delimiter: "the separator",
  encoding: "the encoding",
  decimal: "the prices",
  mode: "which products",
  on_reject: "what a bad row does",
};

/** The reading that the server used; what it asks about it has not decided. */
export function readUsed({ format, mode, on_reject, problem }, columns) {
  const { delimiter = "", encoding = "", decimal = "" } = format ?? {};
  const fields = columns.map(({ field }) => field);
  const isAsked = problem?.type === "/problems/ambiguous-decimal";
  return { fields, delimiter, encoding, decimal: isAsked ? "" : decimal, mode, on_reject };
}

/** The draft with one column's field changed; a field comes from one column only. */
export function assignField(draft, index, field) {
  const fields = draft.fields.map((old, at) => (field !== null && old === field ? null : old));
  fields[index] = field;
  return { ...draft, fields };
}

/** The columns the server suggests, as `[field, index]`; what the file does not have is left out. */
export function findSuggested(suggested, columns) {
  return Object.entries(suggested ?? {})
    .map(([field, header]) => [field, columns.findIndex((column) => column.header === header)])
    .filter(([field, index]) => Object.hasOwn(FIELDS, field) && index >= 0);
}

/** Whether the file has to be cut into columns anew, so that a mapping of the old ones is void. */
export const isCutAnew = (used, draft) =>
  used.delimiter !== draft.delimiter || used.encoding !== draft.encoding;

const isRemapped = (used, draft) =>
  !isCutAnew(used, draft) && draft.fields.some((field, index) => field !== used.fields[index]);

/** What differs, in words. */
export function listChanges(used, draft) {
  const settings = Object.keys(SETTINGS).filter((name) => used[name] !== draft[name]);
  const names = settings.map((name) => SETTINGS[name]);
  return isRemapped(used, draft) ? ["the columns", ...names] : names;
}

/** The needed fields that no column brings, unless the columns are to be found anew. */
export function listMissing(used, draft) {
  const needed = draft.mode === "update_only" ? ["sku"] : ["sku", "name"];
  return isCutAnew(used, draft) ? [] : needed.filter((field) => !draft.fields.includes(field));
}

/** The draft as the API takes it: only what differs. */
export function buildChanges(used, draft, columns) {
  const body = {};
  for (const name of Object.keys(SETTINGS)) {
    if (used[name] !== draft[name]) {
      body[name] = draft[name] || null;
    }
  }
  if (isRemapped(used, draft)) {
    body.mapping = buildMapping(draft, columns);
  } else if (isCutAnew(used, draft) && columns.length > 0) {
    body.mapping = null;
  }
  return body;
}

/** Field → header, null for a field the file does not bring: nothing is left to be guessed. */
export function buildMapping({ fields }, columns) {
  const find = (field) => columns[fields.indexOf(field)]?.header ?? null;
  return Object.fromEntries(Object.keys(FIELDS).map((field) => [field, find(field)]));
}
