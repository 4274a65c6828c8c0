/** Check that a webhook comes from your Product Importer. Node 18 or newer is enough. */
import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_SECONDS = 300;

/** The message, or an Error. `body`: a Buffer of the bytes as they came; `headers`: Node's own. */
export function verify(secret, headers, body) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) {
    throw new Error("The message is too old, or a clock is wrong.");
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
  const wanted = Buffer.from(`v1,${digest.digest("base64")}`);
  // While a secret is being replaced there are two signatures, and one that fits is enough.
  const given = headers["webhook-signature"].split(" ").map((text) => Buffer.from(text));
  if (!given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted))) {
    throw new Error("The signature is wrong.");
  }
  return JSON.parse(body.toString());
}
