/** Numbers, sizes and times as the visitor's locale writes them. Missing values are a dash. */

const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent" });
const MONEY = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const PLURALS = new Intl.PluralRules("en");
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"];

const isMissing = (value) => value === null || value === undefined;

/** A short "byte" has no plural in some locales, so that one unit is written in full. */
const inUnit = (value, unit, digits = 0) =>
  new Intl.NumberFormat(undefined, {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(value);

export const formatNumber = (value) => (isMissing(value) ? "–" : WHOLE.format(value));

/** A decimal string keeps every digit: it is never turned into a float. */
export const formatPrice = (value) => (isMissing(value) ? "–" : MONEY.format(value));

export const formatPercent = (value) => PERCENT.format(Math.floor(value) / 100);

export const formatDate = (iso) => DATE.format(new Date(iso));

/** `formatCount(2, "row")` is "2 rows"; the plural is the singular and an s. */
export function formatCount(value, noun) {
  return `${formatNumber(value)} ${PLURALS.select(value) === "one" ? noun : `${noun}s`}`;
}

export function formatBytes(bytes) {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZES.length - 1);
  return inUnit(bytes / 1000 ** step, SIZES[step], step > 1 ? 1 : 0);
}

/** "0.4 sec", "12 sec", "2 min 5 sec", "1 hr 4 min". */
export function formatDuration(seconds) {
  if (isMissing(seconds)) {
    return "–";
  }
  if (seconds < 60) {
    return inUnit(seconds, "second", seconds < 1 ? 2 : seconds < 10 ? 1 : 0);
  }
  const [large, small, size] = seconds < 3600 ? ["minute", "second", 60] : ["hour", "minute", 3600];
  const rest = Math.floor((seconds % size) / (size / 60));
  return `${inUnit(Math.floor(seconds / size), large)} ${inUnit(rest, small)}`;
}

/** "Key robot" for `key:robot`. */
export function formatActor(actor) {
  const names = { local: "This machine", admin: "Administrator", anonymous: "Nobody known" };
  return names[actor] ?? (actor.startsWith("key:") ? `Key ${actor.slice(4)}` : actor);
}

/** Seconds between two ISO times; null while one of them is missing. */
export function secondsBetween(from, to) {
  return from && to ? (new Date(to) - new Date(from)) / 1000 : null;
}
