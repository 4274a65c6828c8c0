/**
 * The panel at the side that shows one delivery: what was sent, every attempt, what came back.
 *
 * While the delivery is pending the panel asks again, quickly as long as an
 * attempt is awaited; so a test's result is there as soon as it has arrived.
 */
import { get, isAbort, request } from "../api.js";
import { openDialog } from "../dialog.js";
import { clone, fill, find, keepFromPressing, showProblem } from "../dom.js";
import { poll } from "../poll.js";
import {
  describeAttempt,
  describeOutcome,
  formatMoment,
  isSuccess,
  isUnderWay,
  labelState,
  stateOf,
} from "./wording.js";

const AWAITED_MS = 250;
const PENDING_MS = 2000;

const panel = find("#delivery-panel");
const attempts = find("#attempts");
const redeliverButton = find("#redeliver-button");
let shown = null;
let watch = new AbortController();

/** Opens the panel; `isAwaited` when it was begun just now. Resolves once the panel is closed. */
export async function showDelivery(delivery, { isAwaited = false, fallback }) {
  attempts.replaceChildren();
  showProblem(find("#delivery-problem"), null);
  render(delivery);
  const closed = openDialog(panel, fallback);
  follow(isAwaited ? delivery.attempts.length : -1);
  await closed;
  watch.abort();
}

/** Asks until there are more than `known` attempts, then until the delivery has ended. */
async function follow(known) {
  watch.abort();
  watch = new AbortController();
  const path = `/api/deliveries/${shown.id}`;
  const until = (interval, isDone) =>
    poll((signal) => get(path, signal), {
      signal: watch.signal,
      interval,
      isDone,
      onAnswer: render,
      onLost: (isLost) => {
        find("#delivery-lost").hidden = !isLost;
      },
    });
  const hasEnded = ({ status }) => status !== "pending";
  try {
    await until(AWAITED_MS, (answer) => hasEnded(answer) || answer.attempts.length > known);
    await until(PENDING_MS, hasEnded);
  } catch (error) {
    if (!isAbort(error)) {
      showProblem(find("#delivery-problem"), { title: error.title, detail: error.message });
    }
  }
}

function render(delivery) {
  shown = delivery;
  const { attempts: made } = delivery;
  const state = stateOf(delivery);
  fill(panel, {
    type: delivery.event_type,
    event: delivery.event_id,
    state: labelState(state),
    outcome: describeOutcome(delivery),
    payload: JSON.stringify(delivery.payload, null, 2),
    count: made.length > 0 ? `Attempts (${made.length})` : "Attempts",
  });
  find("#delivery-state").dataset.tone = state;
  fillMoment(find("#delivery-time"), delivery.created_at);
  find("#delivery-waits").hidden = !isUnderWay(delivery);
  find("#no-attempts").hidden = made.length > 0;
  redeliverButton.hidden = isUnderWay(delivery);
  // An attempt does not change once it is made: those that are there stay, opened or not.
  const news = made.slice(attempts.children.length);
  attempts.prepend(...news.map(buildAttempt).reverse());
}

function buildAttempt(attempt) {
  const item = clone("attempt");
  const { status_code: code, response_excerpt: excerpt, request_headers: headers } = attempt;
  const badge = find(".badge", item);
  badge.dataset.tone = isSuccess(attempt) ? "delivered" : "failed";
  fill(item, { code: code ?? "No answer", words: describeAttempt(attempt), answer: excerpt });
  fillMoment(find("time", item), attempt.at);
  find('[data-part="answer"]', item).hidden = code === null && !excerpt;
  find("pre", item).hidden = !excerpt;
  find('[data-part="no-answer"]', item).hidden = Boolean(excerpt);
  find(".headers", item).replaceChildren(...Object.entries(headers).map(buildHeader));
  return item;
}

function fillMoment(element, iso) {
  element.dateTime = iso;
  element.textContent = formatMoment(iso);
}

function buildHeader([name, value]) {
  const header = clone("header");
  fill(header, { name, value });
  return header;
}

async function redeliver() {
  showProblem(find("#delivery-problem"), null);
  const known = shown.attempts.length;
  try {
    render(await request("POST", `/api/deliveries/${shown.id}/redeliver`));
    find("#delivery-title").focus();
    follow(known);
  } catch (error) {
    showProblem(find("#delivery-problem"), { title: error.title, detail: error.message });
  }
}

redeliverButton.addEventListener("click", () => keepFromPressing(redeliverButton, redeliver));
find('[data-action="close"]', panel).addEventListener("click", () => panel.close());
panel.addEventListener("click", ({ target }) => target === panel && panel.close());
