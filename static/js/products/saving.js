/**
 * Saving fields of one product under the version they were read at.
 *
 * Somebody else's change of another field is no conflict: the save is repeated
 * on top of it. Of the same field it is one, and nobody's value is overwritten
 * unasked.
 */
import { get, request } from "../api.js";
import { isSame } from "./fields.js";

/** `product` is what is stored now, `fields` are those that both sides have changed. */
export class EditConflict extends Error {
  constructor(product, fields) {
    super("Somebody else changed this meanwhile.");
    this.name = "EditConflict";
    this.product = product;
    this.fields = fields;
  }
}

/**
 * Saves `changes` and answers the product as it is stored then.
 *
 * `product` carries the version known last, `base` the values the changes
 * started from. Rejects with EditConflict, or with what `request` rejects with.
 */
export async function saveFields(product, base, changes) {
  const clashing = Object.keys(changes).filter(
    (field) =>
      !isSame(field, product[field], base[field]) && !isSame(field, product[field], changes[field]),
  );
  if (clashing.length > 0) {
    throw new EditConflict(product, clashing);
  }
  try {
    return await request("PATCH", `/api/products/${product.id}`, {
      body: changes,
      headers: { "If-Match": `"${product.version}"` },
    });
  } catch (error) {
    if (error.status !== 412) {
      throw error;
    }
  }
  return saveFields(await get(`/api/products/${product.id}`), base, changes);
}

/** Field → sentence, out of a refusal. A taken SKU is an error of its field. */
export function locateErrors(error) {
  if (error?.type === "/problems/duplicate-sku") {
    return { sku: error.message };
  }
  return Object.fromEntries(
    (error?.errors ?? []).map(({ pointer, detail }) => [pointer.slice(1), detail]),
  );
}

/** The id of the product that has the SKU already; null of any other error. */
export const findTaken = (error) => error?.members?.existing_id ?? null;
