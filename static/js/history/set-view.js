/**
 * One change set: its progress while it is at work, then what it did, product by product.
 *
 * The address carries its id, the search and the place in the list of changes.
 */
import { get, isAbort } from "../api.js";
import { clone, debounce, fill, find, keepInAddress, setProgress, showProblem } from "../dom.js";
import { formatCount, formatNumber, formatPercent } from "../format.js";
import { listenToPager } from "../list.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { buildTally, describeCounts } from "../tally.js";
import { placeChanges } from "./changes.js";
import { canUndo, describeOrigin, describeSet, describeWork, isAtWork, listNotices } from "./wording.js";

const POLL_MS = 350;
const SEARCH_MS = 200;
const LIMIT = 25;
const ICONS = { danger: "alert", info: "undo" };

const store = new Store({
  set: null, // the change set itself
  undo: null, // what has undone it
  changes: null,
  sku: "",
  problem: null,
  isLost: false,
});
let watch = new AbortController();
let id = "";

/** Puts the change set on the page. Answers how to load it anew; `onUndo(set, button)`. */
export function openSet(shown, onUndo) {
  id = shown;
  find("#content").append(clone("set-view"));
  store.addEventListener("change", render);
  const input = find("#search-input");
  const search = debounce(SEARCH_MS, () => {
    if (input.value.trim() !== readPlace().sku) {
      go({ sku: input.value.trim() });
    }
  });
  input.addEventListener("input", search);
  find("#search-form").addEventListener("submit", (event) => event.preventDefault());
  listenToPager((cursor) => {
    const place = { sku: readPlace().sku, cursor };
    go(place, { inHistory: true }).then(() => find("#changes").scrollIntoView());
  });
  find('[data-action="undo"]').addEventListener("click", ({ currentTarget }) =>
    onUndo(store.value.set, currentTarget),
  );
  return load;
}

function readPlace() {
  const query = new URLSearchParams(location.search);
  return { sku: query.get("sku") ?? "", cursor: query.get("cursor") ?? "" };
}

/** Ends what is being loaded, and runs `work(signal)`; what goes wrong in it is shown. */
async function attempt(work) {
  watch.abort();
  watch = new AbortController();
  try {
    await work(watch.signal);
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ problem, isLost: false });
    }
  }
}

/** Goes to a search or a page of the changes; only paging makes a step that Back undoes. */
function go(place, options) {
  keepInAddress({ id, ...place }, options);
  return attempt(loadChanges);
}

/** Loads the change set, watches it until it ends, then loads its changes. */
function load() {
  find("#search-input").value = readPlace().sku;
  return attempt(async (signal) => {
    const set = await ask(id, signal);
    const undo = set.undone_by && (await ask(set.undone_by, signal));
    store.update({ set, undo, problem: null });
    await follow(set, signal);
    await loadChanges(signal);
    if (undo && isAtWork(undo)) {
      await follow(undo, signal);
      await load();
    }
  });
}

/** Waits until a change set has ended. Only the one that the page is about is shown meanwhile. */
async function follow(watched, signal) {
  if (isAtWork(watched)) {
    await ask(watched.id, signal, {
      isDone: (answer) => !isAtWork(answer),
      onAnswer: (answer) => answer.id === store.value.set.id && store.update({ set: answer }),
    });
  }
}

/** Gets a change set, through a lost connection, until it is as it is waited for. */
function ask(asked, signal, { isDone = () => true, onAnswer = () => {} } = {}) {
  return poll((pending) => get(`/api/change-sets/${encodeURIComponent(asked)}`, pending), {
    signal,
    interval: POLL_MS,
    isDone,
    onAnswer,
    onLost: (isLost) => store.update({ isLost }),
  });
}

async function loadChanges(signal) {
  const { sku, cursor } = readPlace();
  if (!describeCounts(store.value.set.counts)) {
    return;
  }
  const query = new URLSearchParams({ limit: LIMIT, ...(sku && { sku }), ...(cursor && { cursor }) });
  find("#changes").classList.add("is-loading");
  try {
    const changes = await get(`/api/change-sets/${store.value.set.id}/changes?${query}`, signal);
    store.update({ changes, sku, problem: null });
  } finally {
    find("#changes").classList.toggle("is-loading", watch.signal !== signal);
  }
}

function render() {
  const { set, problem, isLost } = store.value;
  showProblem(find("#problem"), problem);
  find("#retry-button").hidden = problem?.status === 404;
  find("#connection-lost").hidden = !isLost;
  find("article").hidden = !set;
  if (set) {
    renderHead(store.value);
    renderOutcome(store.value);
    renderWork(set);
  }
}

function renderHead({ set }) {
  const title = describeSet(set);
  const head = find(".page-head");
  fill(head, {
    title,
    lead: describeOrigin(set),
    undo: set.kind === "undo" ? "Undo this undo" : "Undo",
  });
  find('[data-action="undo"]', head).hidden = !canUndo(set);
  const percent = isAtWork(set) ? `${formatPercent(set.progress.percent)} · ` : "";
  document.title = `${percent}${title} – Product Importer`;
  linkOrigin(find("#origin-link"), set);
}

/** Leads to the report of the import, or to what was undone. */
function linkOrigin(link, { import_id: importId, undo_of: undoOf }) {
  link.hidden = !importId && !undoOf;
  link.href = importId ? `/?import=${importId}` : `/history.html?id=${undoOf}`;
  link.textContent = importId ? "See the import" : "See what was undone";
}

function renderWork(set) {
  const card = find("#set-work");
  card.hidden = !isAtWork(set);
  const { percent, done, total } = set.progress;
  const isKnown = total !== null;
  fill(card, {
    percent: isKnown ? formatPercent(percent) : "…",
    stage: describeWork(set),
    amount: isKnown ? `${formatNumber(done)} of ${formatCount(total, "product")}` : "",
  });
  setProgress(find("progress", card), isKnown ? percent : null);
}

function renderOutcome({ set, undo, changes, sku }) {
  placeNotices(find("#notices"), isAtWork(set) ? [] : listNotices(set, undo));
  const card = find("#set-outcome");
  card.hidden = !describeCounts(set.counts);
  card.replaceChildren(buildTally(set.kind === "undo" ? set.counts : withoutKept(set.counts)));
  if (changes) {
    placeChanges(find("#changes"), changes, sku);
  }
}

/** Only an undo keeps anything. */
const withoutKept = ({ created, updated, deleted }) => ({ created, updated, deleted });

/** Notices that are there already stay: they are read out when they come, and hold links. */
function placeNotices(place, notices) {
  const text = JSON.stringify(notices);
  if (place.dataset.shown !== text) {
    place.dataset.shown = text;
    place.replaceChildren(...notices.map(buildNotice));
  }
}

function buildNotice({ tone = "", title, detail = "", link = null }) {
  const notice = clone("notice");
  fill(notice, { title, detail, link: link?.words });
  notice.classList.toggle(`notice-${tone || "plain"}`, Boolean(tone));
  find(".icon", notice).classList.add(`icon-${ICONS[tone] ?? "alert"}`);
  const anchor = find("a", notice);
  anchor.hidden = !link;
  anchor.href = link?.href ?? "";
  return notice;
}
