/** What can be done to one product's row, to those selected, and to the whole catalog. */
import { get, request } from "../api.js";
import { formatNumber } from "../format.js";
import { countTotal, roundEstimate } from "./amounts.js";
import { confirmCount, isMany } from "./confirm.js";
import { isolate } from "./fields.js";
import { operate } from "./operations.js";
import { countSelected, describeSelected } from "./selecting.js";
import { askFor } from "./view.js";

const TITLES = { delete: "Delete", activate: "Activate", deactivate: "Deactivate" };
const DETAILS = {
  delete: "They leave the catalog, and systems that listen are told. You can undo this.",
  activate: "Those that are active already stay as they are. You can undo this.",
  deactivate: "Those that are inactive already stay as they are. You can undo this.",
};

const askBulk = (body) => request("POST", "/api/products/bulk", { body });

/** Deletes one product without asking: the toast takes it back. */
export const deleteProduct = ({ id, sku }, onEnd) =>
  operate(() => askBulk({ action: "delete", ids: [id] }), { subject: isolate(sku), onEnd });

/**
 * Does `action` to what is selected; true once it is done.
 *
 * More than one is deleted, and more than 100 are changed, only when confirmed.
 */
export async function changeSelected(action, selection, { page, filter, fallback, ...events }) {
  const count = countSelected(selection, page);
  const subject = describeSelected(selection, page);
  const body = { action, ...describeSelection(selection, filter) };
  const isAsked = isMany(count) || (action === "delete" && count > 1);
  const question = {
    title: `${TITLES[action]} ${subject}?`,
    detail: DETAILS[action],
    action: TITLES[action],
    count,
    isDanger: action === "delete",
  };
  if (isAsked && !(await confirmCount(question, fallback))) {
    return false;
  }
  return operate(() => askBulk(body), { subject, ...events });
}

function describeSelection(selection, filter) {
  if (!selection.isAll) {
    return { ids: selection.ids };
  }
  return Object.keys(filter).length > 0 ? { filter: askFor(filter) } : { all: true };
}

/** Deletes the whole catalog, once its number has been typed. */
export async function deleteEverything({ fallback, ...events }) {
  const page = roundEstimate(await get("/api/products?limit=1"));
  const { total, total_is_estimate: isEstimate } = page;
  const subject = isEstimate ? countTotal(page) : `all ${countTotal(page)}`;
  const question = {
    title: `Delete ${subject}?`,
    detail:
      "The whole catalog, not only what is shown. You can undo it, here or later under History.",
    action: `Delete ${isEstimate ? "everything" : formatNumber(total)}`,
    count: total,
    isDanger: true,
  };
  if (total === 0 || !(await confirmCount(question, fallback))) {
    return false;
  }
  return operate(() => request("DELETE", "/api/products?confirm=all"), {
    subject,
    ...events,
    after: "Undo it here, or later under History.",
  });
}
