/** How the file of an import was understood, in words: format, columns, what was asked for. */
import { clone, fill } from "../dom.js";
import { FIELDS } from "./fields.js";
import { describeFormat, listHeaders, MODES, ON_REJECT } from "./wording.js";

/** The list of facts; null for an import that never got as far as reading. */
export function buildFacts({ format, mapping, ignored_columns: ignored, mode, on_reject: onReject }) {
  if (!format) {
    return null;
  }
  const facts = clone("facts");
  fill(facts, {
    format: describeFormat(format),
    used: describeMapping(mapping ?? {}),
    ignored: listHeaders(ignored),
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
