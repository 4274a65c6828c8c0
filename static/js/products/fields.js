/** A product's fields: what they are called, how a value is shown, read and compared. Pure. */
import { formatPrice } from "../format.js";

export const LABELS = {
  sku: "SKU",
  name: "Name",
  description: "Description",
  price: "Price",
  active: "Status",
};

export const FIELDS = Object.keys(LABELS);

/** A value in words for a person; "" for what is empty. */
export function showValue(field, value) {
  if (value === null || value === undefined) {
    return "";
  }
  if (field === "active") {
    return value ? "Active" : "Inactive";
  }
  return field === "price" ? formatPrice(value) : String(value);
}

/**
 * What was typed, as the API takes it.
 *
 * A comma before one or two last digits can only be a decimal mark: "12,90" is
 * 12.90. "1,299" may be either, so it is left to the server, which refuses it.
 */
export function readText(field, text) {
  if (field !== "price") {
    return text;
  }
  return text.trim().replace(/^(\d+),(\d{1,2})$/, "$1.$2") || null;
}

/** Whether two values of a field are one: prices by amount, texts but for how lines end. */
export function isSame(field, left, right) {
  if (field === "price" && left !== null && right !== null) {
    return Number(left) === Number(right);
  }
  return left === right || (isText(left) && isText(right) && tidy(left) === tidy(right));
}

const isText = (value) => typeof value === "string";

const tidy = (text) => text.replace(/\r\n?/g, "\n").trim();

/**
 * `text` fit to stand inside a sentence, whatever direction it or its marks
 * have: between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
 */
export const isolate = (text) => `\u2068${text}\u2069`;

/** The beginning of a text that may be very long. */
export const shorten = (text, longest) =>
  text.length > longest ? `${text.slice(0, longest).trimEnd()}…` : text;
