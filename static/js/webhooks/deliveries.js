/** The table of a webhook's deliveries. */
import { fill, fillTime, find } from "../dom.js";
import { describeTotal, fillPager, placeItems } from "../list.js";
import {
  describeAnswer,
  describeDelay,
  describeSubject,
  labelState,
  stateOf,
} from "./wording.js";

/** Shows a page of deliveries in `card`; `status` is the one that was asked for, if any. */
export function placeDeliveries(card, page, status) {
  const isEmpty = page.items.length === 0;
  find(".table", card).hidden = isEmpty;
  find("#no-deliveries", card).hidden = !isEmpty;
  find("#no-deliveries", card).textContent = status
    ? `None is ${labelState(status).toLowerCase()}.`
    : "Nothing has been sent yet. A test shows at once whether messages arrive.";
  find("#deliveries-total", card).textContent = isEmpty
    ? ""
    : `${describeTotal(page, "message")}, newest first, kept for 30 days`;
  placeItems(find("tbody", card), page.items, "delivery", fillRow);
  fillPager(page);
}

function fillRow(row, delivery) {
  const state = stateOf(delivery);
  fill(row, {
    type: delivery.event_type,
    subject: describeSubject(delivery),
    state: labelState(state),
    answer: describeAnswer(delivery),
    delay: describeDelay(delivery),
    attempts: delivery.attempts.length,
  });
  find(".badge", row).dataset.tone = state;
  fillTime(find("time", row), delivery.created_at);
}
