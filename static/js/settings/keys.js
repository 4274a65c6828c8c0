/** The list of API keys, a page of it as the address says. */
import { get, isAbort, request } from "../api.js";
import { confirmAction } from "../dialog.js";
import { fill, find, keepInAddress } from "../dom.js";
import { formatDate } from "../format.js";
import { describeTotal, fillPager, listenToPager, placeItems } from "../list.js";
import { describeEnd, describeScope, describeUse, shorten } from "./wording.js";

const LIMIT = 20;
const list = find("#list");
let shown = [];
let asked = new AbortController();

/** Puts the buttons to work: `onRevoke(key)`, and `load` for another page. */
export function openKeys({ load, onRevoke }) {
  listenToPager((cursor) => {
    keepInAddress({ cursor }, { inHistory: true });
    load();
  });
  list.addEventListener("click", ({ target }) => {
    const row = target.closest('[data-action="revoke"]')?.closest("tr");
    if (row) {
      onRevoke(shown.find(({ id }) => id === row.dataset.id));
    }
  });
}

/** Asks for the keys and shows them. Rejects with what went wrong. */
export async function loadKeys() {
  asked.abort();
  asked = new AbortController();
  const cursor = new URLSearchParams(location.search).get("cursor");
  const query = new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  try {
    show(await get(`/api/api-keys?${query}`, asked.signal));
  } catch (error) {
    if (!isAbort(error)) {
      throw error;
    }
  }
}

function show(page) {
  shown = page.items;
  const isEmpty = page.total === 0;
  list.hidden = isEmpty;
  find("#nothing").hidden = !isEmpty;
  find("#create-button").hidden = isEmpty;
  find("#keys-total").textContent = isEmpty
    ? ""
    : `${describeTotal(page, "key")}, for programs that use the API`;
  placeItems(find("tbody", list), page.items, "key", fillRow);
  fillPager(page);
}

function fillRow(row, key) {
  const scope = describeScope(key.scope);
  const end = describeEnd(key, new Date());
  fill(row, {
    name: key.name,
    created: `Made ${formatDate(key.created_at)}`,
    scope: scope.words,
    key: shorten(key),
    used: describeUse(key.last_used_at),
    end: end.words,
  });
  row.dataset.state = end.isOver ? "over" : "";
  find('[data-part="scope"]', row).dataset.tone = scope.tone;
  const badge = find('[data-part="end"]', row);
  badge.className = end.tone ? "badge" : "";
  badge.dataset.tone = end.tone ?? "";
  const button = find("button", row);
  button.hidden = Boolean(key.revoked_at);
  button.ariaLabel = `Revoke ${key.name}`;
}

/** True once it is revoked, false when that was not wanted. */
export async function revokeKey(key) {
  const isSure = await confirmAction(
    {
      title: "Revoke this key?",
      detail: `Whatever uses “${key.name}” is shut out at once. This cannot be undone.`,
      action: "Revoke",
    },
    find("#content"),
  );
  if (isSure) {
    await request("DELETE", `/api/api-keys/${key.id}`);
  }
  return isSure;
}
