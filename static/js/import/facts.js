/** How the file was understood, in words: format, columns, what was asked for. */
import { clone, fill } from "../dom.js";
import { FIELDS } from "./fields.js";

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
const DECIMALS = { ".": "prices with a point", ",": "prices with a comma" };
const MODES = {
  upsert: "create and update",
  create_only: "only create",
  update_only: "only update",
};
const ON_REJECT = { skip: "leave bad rows out", abort: "stop at a bad row" };

/** The list of facts; null for an import that never got as far as reading. */
export function buildFacts({ format, mapping, ignored_columns: ignored, mode, on_reject: onReject }) {
  if (!format) {
    return null;
  }
  const facts = clone("facts");
  fill(facts, {
    format: describeFormat(format),
    used: describeMapping(mapping ?? {}),
    ignored: ignored?.length ? ignored.join(", ") : "none",
    asked: `${MODES[mode]}, ${ON_REJECT[onReject]}`,
  });
  return facts;
}

/** "SKU from Variant SKU, Name": a column that is called like its field goes without saying. */
function describeMapping(mapping) {
  return Object.keys(FIELDS)
    .filter((field) => mapping[field])
    .map((field) => {
      const isPlain = mapping[field].toLowerCase() === field;
      return isPlain ? FIELDS[field] : `${FIELDS[field]} from “${mapping[field]}”`;
    })
    .join(", ");
}

function describeFormat({ encoding, delimiter, decimal }) {
  const separated = `separated by ${DELIMITERS[delimiter] ?? delimiter}`;
  return [encoding?.toUpperCase(), separated, DECIMALS[decimal]].filter(Boolean).join(", ");
}
