/** What keys, their scopes and their ends are called. Pure. */
import { formatDate } from "../format.js";

const SCOPES = {
  read: { words: "Read", tone: "" },
  write: { words: "Write", tone: "updated" },
  admin: { words: "Admin", tone: "ready" },
};
const DAY_MS = 24 * 60 * 60 * 1000;

export const describeScope = (scope) => SCOPES[scope] ?? { words: scope, tone: "" };

/** How a key ends or has ended: words, the badge's tone where it is one, and whether it is over. */
export function describeEnd({ expires_at: ends, revoked_at: revoked }, now) {
  if (revoked) {
    return { words: "Revoked", tone: "failed", isOver: true };
  }
  if (!ends) {
    return { words: "Never", tone: null, isOver: false };
  }
  return new Date(ends) <= now
    ? { words: "Expired", tone: "failed", isOver: true }
    : { words: formatDate(ends), tone: null, isOver: false };
}

export const describeUse = (used) => (used ? formatDate(used) : "Never");

/** "pi_live_…Ab3X": as much of it as is known. */
export const shorten = ({ prefix, last_characters: last }) => `${prefix}…${last}`;

/** When a key ends that is to live for so many days, or until the end of a day here; null: never. */
export function findEnd(lifetime, day, now) {
  if (lifetime === "date") {
    return day ? new Date(`${day}T23:59:59`).toISOString() : undefined;
  }
  return lifetime ? new Date(now.getTime() + Number(lifetime) * DAY_MS).toISOString() : null;
}
