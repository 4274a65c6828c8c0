/** Saves of one product take turns, so that each is made under the version the last one gave. */
const turns = new Map();

/** Runs `work` once nothing else is at work on product `id`, and answers what it answers. */
export function inTurn(id, work) {
  const before = turns.get(id) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(work);
  turns.set(id, turn);
  return turn;
}
