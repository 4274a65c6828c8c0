/** The list of all webhooks: how each fares, kept up to date while one looks. */
import { get, isAbort } from "../api.js";
import { clone, fill, find, keepInAddress, showProblem } from "../dom.js";
import { describeTotal, fillPager, listenToPager, placeItems } from "../list.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { drawDeliveries } from "./picture.js";
import { placeHelp } from "./samples.js";
import {
  describeEvents,
  describeLast,
  describeLatency,
  describeState,
  isUnderWay,
} from "./wording.js";

const POLL_MS = 3000;
const LIMIT = 20;
const PLACES = 16;

const store = new Store({ page: null, problem: null, isLost: false });
/** Webhook id → how it fared when its deliveries were drawn, whether one was on its way, the picture. */
const pictures = new Map();
let watch = new AbortController();

/**
 * Puts the list on the page. Answers how to load it anew.
 *
 * `onAct(webhook, button)` tests a webhook or enables it, `onCreate()` makes one.
 */
export function openList({ onAct, onCreate }) {
  find("#content").append(clone("list-view"));
  placeHelp(find("#help"));
  store.addEventListener("change", render);
  listenToPager((cursor) => {
    keepInAddress({ cursor }, { inHistory: true });
    window.scrollTo(0, 0);
    load();
  });
  find("#content").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-action]");
    if (button?.dataset.action === "act") {
      onAct(findWebhook(button.closest("tr").dataset.id), button);
    } else if (button?.dataset.action === "create") {
      onCreate();
    }
  });
  return load;
}

const findWebhook = (id) => store.value.page.items.find((webhook) => webhook.id === id);

/** Shows the page the address names, and asks again as long as it is shown. */
async function load() {
  watch.abort();
  watch = new AbortController();
  const { signal } = watch;
  const cursor = new URLSearchParams(location.search).get("cursor");
  const query = new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  try {
    await poll((asked) => get(`/api/webhooks?${query}`, asked), {
      signal,
      interval: POLL_MS,
      isDone: () => false,
      onAnswer: (page) => {
        store.update({ page, problem: null });
        drawNews(page.items, signal);
      },
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ page: null, problem });
    }
  }
}

/** Draws the deliveries of those webhooks that something has happened to since they were drawn. */
async function drawNews(webhooks, signal) {
  for (const webhook of webhooks) {
    const state = JSON.stringify(webhook);
    const drawn = pictures.get(webhook.id);
    if (drawn?.state !== state || drawn.isMoving) {
      try {
        const path = `/api/webhooks/${webhook.id}/deliveries?limit=${PLACES}`;
        const { items } = await get(path, signal);
        const picture = drawDeliveries(items, PLACES);
        pictures.set(webhook.id, { state, isMoving: items.some(isUnderWay), picture });
        render();
      } catch {
        return; // The list itself will say what is wrong; the picture is for the next time.
      }
    }
  }
}

function render() {
  const { page, problem, isLost } = store.value;
  showProblem(find("#problem"), problem);
  find("#connection-lost").hidden = !isLost;
  const isEmpty = page?.items.length === 0;
  find("#list").hidden = !page || isEmpty;
  find("#nothing").hidden = !isEmpty;
  find("#create-button").hidden = !page || isEmpty;
  if (page) {
    find("#total").textContent = isEmpty
      ? ""
      : `${describeTotal(page, "webhook")}, each told of changes as soon as they are made`;
    placeItems(find("tbody"), page.items, "webhook", fillRow);
    fillPager(page);
  }
}

function fillRow(row, webhook) {
  const { tone, words, more } = describeState(webhook);
  fill(row, {
    url: webhook.url,
    description: webhook.description,
    events: describeEvents(webhook),
    status: words,
    more,
    last: describeLast(webhook),
    latency: describeLatency(webhook.latency_ms),
    act: webhook.enabled ? "Test" : "Enable",
  });
  find("a", row).href = `/webhooks.html?id=${webhook.id}`;
  find(".badge", row).dataset.tone = tone;
  find("button", row).ariaLabel = `${webhook.enabled ? "Send a test to" : "Enable"} ${webhook.url}`;
  placePicture(find(".picture-place", row), pictures.get(webhook.id)?.picture);
}

function placePicture(place, picture) {
  if (picture && place.firstChild !== picture) {
    place.replaceChildren(picture);
  }
}
