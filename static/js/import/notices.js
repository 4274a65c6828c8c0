/** What an import says of its file that is no fault: rows set aside, values changed, columns left out. */
import { clone, fill, find } from "../dom.js";
import { formatNumber } from "../format.js";

const LINES_NAMED = 5;
const LISTS = new Intl.ListFormat("en");

/** Lists the notices in the card of `view`; hides it when there are none. */
export function placeNotices(view, notices) {
  const card = find("[data-notices]", view);
  find("ul", card).replaceChildren(...notices.map(buildNotice));
  card.hidden = notices.length === 0;
}

/** What concerns a column and no single row has a count of 0, which says nothing. */
function buildNotice({ count, lines, detail, examples }) {
  const item = clone("notice");
  const quoted = examples.map((text) => `“${text}”`).join(", ");
  const where = [nameLines(lines, count), quoted].filter(Boolean).join(" · ");
  fill(item, { count: count ? formatNumber(count) : "", detail, where });
  return item;
}

/** "line 4", "lines 4, 9 and 12", "lines 4, 9, 12, 13, 15, and 40 more". */
function nameLines(lines, count) {
  const named = lines.slice(0, LINES_NAMED).map(String);
  const rest = count - named.length;
  if (named.length === 0) {
    return "";
  }
  const all = rest > 0 ? [...named, `${formatNumber(rest)} more`] : named;
  return `${all.length > 1 ? "lines" : "line"} ${LISTS.format(all)}`;
}
