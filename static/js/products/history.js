/** The panel that tells what happened to one product, newest first. */
import { get } from "../api.js";
import { openDialog } from "../dialog.js";
import { clone, fill, fillTime, find, showProblem } from "../dom.js";
import { formatActor } from "../format.js";
import { buildDifferences } from "./differences.js";

const LIMIT = 20;
const ACTIONS = { created: "Created", updated: "Changed", deleted: "Deleted", kept: "Kept" };
const TONES = { created: "create", updated: "update", deleted: "failed" };

const panel = find("#history-panel");
const events = find("#history-events");
const older = find("#history-older-button");
let product = null;

/** Opens the panel on a product's changes; resolves once it is closed. */
export function showHistory(shown, fallback) {
  product = shown;
  fill(panel, { sku: product.sku, name: product.name });
  events.replaceChildren();
  find("#history-empty").hidden = true;
  load(null);
  return openDialog(panel, fallback);
}

/** Adds the changes from `cursor` on, unless the panel has moved on to another product. */
async function load(cursor) {
  const wanted = product;
  const query = new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  showProblem(find("#history-problem"), null);
  older.hidden = true;
  find("#history-loading").hidden = false;
  try {
    const page = await get(`/api/products/${wanted.id}/history?${query}`);
    if (wanted === product) {
      add(page);
    }
  } catch (error) {
    showProblem(find("#history-problem"), { title: error.title, detail: error.message });
    older.hidden = false;
    older.textContent = "Try again";
  } finally {
    find("#history-loading").hidden = true;
  }
}

function add({ items, next_cursor: next }) {
  const added = items.map(buildEvent);
  events.append(...added);
  find("#history-empty").hidden = events.children.length > 0;
  older.hidden = !next;
  older.textContent = "Show older changes";
  older.dataset.cursor = next ?? "";
}

function buildEvent({ action, before, after, actor, at, change_set_id: changeSet }) {
  const event = clone("event");
  const badge = find(".badge", event);
  badge.dataset.tone = TONES[action] ?? "";
  fill(event, {
    action: ACTIONS[action],
    actor: formatActor(actor),
    operation: changeSet ? "part of an operation" : "",
  });
  find('[data-part="operation"]', event).hidden = !changeSet;
  find('[data-slot="operation"]', event).href = `/history.html?id=${changeSet}`;
  fillTime(find("time", event), at);
  find(".event-fields", event).replaceChildren(...buildDifferences(before, after));
  return event;
}

older.addEventListener("click", () => load(older.dataset.cursor));
find('[data-action="close"]', panel).addEventListener("click", () => panel.close());
panel.addEventListener("click", ({ target }) => target === panel && panel.close());
