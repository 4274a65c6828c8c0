/** How many products there are, in words and numbers that do not claim to be more exact than they are. */
import { formatCount, formatNumber } from "../format.js";

const DIGITS = 3;

/** A list's answer; of an estimated total only the digits that mean something are kept. */
export const roundEstimate = (page) =>
  page.total_is_estimate ? { ...page, total: Number(page.total.toPrecision(DIGITS)) } : page;

const hedge = ({ total_is_estimate: isEstimate }) => (isEstimate ? "about " : "");

/** "12,345 that match" or "that match (about 12,300)". */
export const describeMatches = (page) =>
  page.total_is_estimate
    ? `that match (${hedge(page)}${formatNumber(page.total)})`
    : `${formatNumber(page.total)} that match`;

/** "1 product", "about 12,300 products". */
export const countTotal = (page) => hedge(page) + formatCount(page.total, "product");
