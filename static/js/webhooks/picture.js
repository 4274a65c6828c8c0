/**
 * The small picture of a webhook's last deliveries: one bar each, the latest at the right.
 *
 * What arrived stands above the line, the higher the slower; what failed hangs
 * below it, half as deep while it is retried; what waits or was cancelled lies
 * on it. So it can be read without its colours.
 */
import { countStates, stateOf } from "./wording.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const BAR = 5;
const STEP = 7;
const LINE = 17;
const DEPTH = 8;
const LOWEST = 3;
const HIGHEST = 15;
const SLOWEST_MS = 15000;

/** An SVG of `deliveries`, newest first as the API lists them, in room for `places` of them. */
export function drawDeliveries(deliveries, places) {
  const shown = deliveries.slice(0, places).reverse();
  const width = places * STEP;
  const picture = draw("svg", {
    class: "picture",
    role: "img",
    viewBox: `0 0 ${width} ${LINE + DEPTH + 1}`,
    width,
    height: LINE + DEPTH + 1,
  });
  const title = draw("title", {});
  title.textContent = describePicture(shown);
  picture.append(title, draw("rect", { class: "picture-line", y: LINE, width, height: 1 }));
  const first = places - shown.length;
  picture.append(...shown.map((delivery, index) => drawBar(delivery, (first + index) * STEP + 1)));
  return picture;
}

function describePicture(shown) {
  return shown.length === 0 ? "No deliveries" : `Last ${shown.length}: ${countStates(shown)}`;
}

function drawBar(delivery, x) {
  const state = stateOf(delivery);
  const [y, height] = measure(state, delivery.attempts.at(-1));
  return draw("rect", { x, y, width: BAR, height, rx: 1, "data-state": state });
}

/** Where a bar begins and how high it is. */
function measure(state, attempt) {
  if (state === "delivered") {
    const height = scale(attempt?.latency_ms ?? 0);
    return [LINE - height, height];
  }
  if (state === "failed" || state === "retrying") {
    return [LINE + 1, state === "failed" ? DEPTH : DEPTH / 2];
  }
  return [LINE - 1, LOWEST];
}

/** By its logarithm: 3 ms and 3 s are both to be seen. */
const scale = (ms) =>
  LOWEST + (HIGHEST - LOWEST) * Math.min(Math.log(ms + 1) / Math.log(SLOWEST_MS), 1);

function draw(name, attributes) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  return element;
}
