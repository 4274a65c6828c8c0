/**
 * One webhook: how it fares, what has been sent to it, and everything that can be done to it.
 *
 * The address carries its id, the status asked for and the place in the list of deliveries.
 */
import { get, isAbort } from "../api.js";
import { clone, fill, find, keepInAddress, showProblem } from "../dom.js";
import { formatDate } from "../format.js";
import { listenToPager } from "../list.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { placeDeliveries } from "./deliveries.js";
import { listNotes } from "./notes.js";
import { drawDeliveries } from "./picture.js";
import { placeHelp } from "./samples.js";
import {
  describeEvents,
  describeLast,
  describeLatency,
  describeState,
  isUnderWay,
  nameHost,
} from "./wording.js";

const POLL_MS = 2000;
const LIMIT = 25;
const PLACES = 25;
const GONE = {
  title: "There is no such webhook",
  detail: "It was deleted, or the link to it is incomplete.",
};

const store = new Store({
  webhook: null,
  latest: null, // the newest deliveries, whatever the list shows
  page: null, // the deliveries of the list
  problem: null,
  isLost: false,
});
let watch = new AbortController();
let id = "";

/** Puts the webhook on the page. Answers how to load it anew; `onAct(action, webhook, button)`. */
export function openDetail(shown, { onAct, onOpen }) {
  id = shown;
  find("#content").append(clone("detail-view"));
  placeHelp(find("#help"));
  store.addEventListener("change", render);
  listenToPager((cursor) => go({ status: readPlace().status, cursor }));
  find("#status-select").addEventListener("change", ({ target }) => go({ status: target.value }));
  find("article").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-action]");
    if (button) {
      onAct(button.dataset.action, store.value.webhook, button);
    }
  });
  find("#deliveries tbody").addEventListener("click", ({ target }) => {
    const row = target.closest("button")?.closest("tr");
    if (row) {
      onOpen(store.value.page.items.find((delivery) => delivery.id === row.dataset.id));
    }
  });
  return load;
}

function readPlace() {
  const query = new URLSearchParams(location.search);
  return { status: query.get("status") ?? "", cursor: query.get("cursor") ?? "" };
}

/** Goes to another page of the deliveries, or to those of one status. */
function go(place) {
  keepInAddress({ id, ...place }, { inHistory: true });
  return load();
}

/** Shows the webhook, and asks again as long as it is shown; its deliveries when there is news. */
async function load() {
  watch.abort();
  watch = new AbortController();
  const { signal } = watch;
  find("#status-select").value = readPlace().status;
  find("#deliveries").classList.add("is-loading");
  let known = "";
  try {
    await poll((asked) => askForNews(known, asked), {
      signal,
      interval: POLL_MS,
      isDone: () => false,
      onAnswer: ({ news, ...answer }) => {
        known = news;
        store.update({ ...answer, problem: null });
        find("#deliveries").classList.remove("is-loading");
      },
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ problem, isLost: false });
      find("#deliveries").classList.remove("is-loading");
    }
  }
}

/** The webhook, and its deliveries when anything differs from what was `known`, or is about to. */
async function askForNews(known, signal) {
  const path = `/api/webhooks/${encodeURIComponent(id)}`;
  const [webhook, { items }] = await Promise.all([
    get(path, signal),
    get(`${path}/deliveries?limit=1`, signal),
  ]);
  const news = JSON.stringify([webhook, items[0]?.id, items[0]?.status, items[0]?.attempts.length]);
  const isMoving = store.value.page?.items.some(isUnderWay);
  const lists = news !== known || isMoving ? await askForLists(path, signal) : {};
  return { webhook, news, ...lists };
}

async function askForLists(path, signal) {
  const { status, cursor } = readPlace();
  const latest = await get(`${path}/deliveries?limit=${LIMIT}`, signal);
  if (!status && !cursor) {
    return { latest, page: latest };
  }
  const query = new URLSearchParams({
    limit: LIMIT,
    ...(status && { status }),
    ...(cursor && { cursor }),
  });
  return { latest, page: await get(`${path}/deliveries?${query}`, signal) };
}

function render() {
  const { webhook, latest, page, problem, isLost } = store.value;
  showProblem(find("#problem"), problem?.status === 404 ? GONE : problem);
  find("#retry-button").hidden = problem?.status === 404;
  find("#connection-lost").hidden = !isLost;
  find("article").hidden = !webhook || problem?.status === 404;
  if (webhook) {
    renderHead(webhook);
    renderFacts(webhook, latest.items);
    placeDeliveries(find("#deliveries"), page, readPlace().status);
  }
}

function renderHead(webhook) {
  const { tone, words } = describeState(webhook);
  const host = nameHost(webhook.url);
  fill(find(".page-head"), {
    host,
    status: words,
    url: webhook.url,
    description: webhook.description,
  });
  find(".page-head .badge").dataset.tone = tone;
  find('.page-head [data-action="test"]').hidden = !webhook.enabled;
  find('.page-head [data-action="enable"]').hidden = webhook.enabled;
  find('[data-action="disable"]').hidden = !webhook.enabled;
  find('[data-action="recover"]').hidden = !webhook.enabled;
  document.title = `${host} – Webhooks – Product Importer`;
  placeNotes(find("#notices"), listNotes(webhook));
}

/** Notes that are there already stay: they are read out when they come. */
function placeNotes(place, notes) {
  const text = JSON.stringify(notes);
  if (place.dataset.shown !== text) {
    place.dataset.shown = text;
    place.replaceChildren(
      ...notes.map(({ tone, title, detail }) => {
        const notice = clone("notice");
        notice.classList.toggle(`notice-${tone}`, Boolean(tone));
        fill(notice, { title, detail });
        return notice;
      }),
    );
  }
}

function renderFacts(webhook, deliveries) {
  const facts = find("#facts");
  fill(facts, {
    events: describeEvents(webhook),
    last: describeLast(webhook),
    latency: describeLatency(webhook.latency_ms),
    created: formatDate(webhook.created_at),
  });
  const picture = drawDeliveries(deliveries, PLACES);
  const place = find(".picture-place", facts);
  if (place.firstChild?.outerHTML !== picture.outerHTML) {
    place.replaceChildren(picture);
  }
}
