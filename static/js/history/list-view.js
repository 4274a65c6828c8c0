/** The list of all change sets, newest first; those at work move while you look. */
import { get, isAbort } from "../api.js";
import { clone, fill, fillTime, find, keepInAddress, setProgress, showProblem } from "../dom.js";
import { formatActor } from "../format.js";
import { describeTotal, fillPager, listenToPager, placeItems } from "../list.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { describeCounts, fillTallyBar } from "../tally.js";
import { canUndo, describeSet, describeStatus, describeWork, isAtWork } from "./wording.js";

const POLL_MS = 1000;
const LIMIT = 20;
const KINDS = ": imports, bulk operations and undos, newest first";

const store = new Store({ page: null, problem: null, isLost: false });
let watch = new AbortController();

/** Puts the list on the page. Answers how to load it anew; `onUndo(set, button)`. */
export function openList(onUndo) {
  find("#content").append(clone("list-view"));
  store.addEventListener("change", render);
  listenToPager((cursor) => {
    keepInAddress({ cursor }, { inHistory: true });
    load().then(() => window.scrollTo(0, 0));
  });
  find("tbody").addEventListener("click", ({ target }) => {
    const button = target.closest('[data-action="undo"]');
    if (button) {
      const set = findSet(button.closest("tr").dataset.id);
      onUndo(set, button);
    }
  });
  return load;
}

/** A change set of the page that is shown. */
const findSet = (id) => store.value.page.items.find((set) => set.id === id);

/** Shows the page the address names, and asks again while something on it is at work. */
async function load() {
  watch.abort();
  watch = new AbortController();
  const cursor = new URLSearchParams(location.search).get("cursor");
  const query = new URLSearchParams({ limit: LIMIT, ...(cursor && { cursor }) });
  try {
    await poll((asked) => get(`/api/change-sets?${query}`, asked), {
      signal: watch.signal,
      interval: POLL_MS,
      isDone: ({ items }) => !items.some(isAtWork),
      onAnswer: (page) => store.update({ page, problem: null }),
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ page: null, problem });
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
  if (page) {
    find("#total").textContent = isEmpty ? "" : `${describeTotal(page, "change")}${KINDS}`;
    placeItems(find("tbody"), page.items, "change-set", fillRow);
    fillPager(page);
  }
}

function fillRow(row, set) {
  const status = describeStatus(set, findSet(set.undone_by));
  const title = describeSet(set);
  find("a", row).href = `/history.html?id=${set.id}`;
  find(".badge", row).dataset.tone = status.tone;
  fill(row, {
    title,
    status: status.words,
    outcome: describeOutcome(set),
    actor: formatActor(set.actor),
  });
  fillTime(find("time", row), set.created_at);
  fillBars(row, set);
  const button = find("button", row);
  button.hidden = !canUndo(set);
  button.ariaLabel = `Undo the ${title}`;
}

function describeOutcome(set) {
  if (isAtWork(set)) {
    return describeWork(set);
  }
  if (set.status === "failed") {
    return set.problem?.title ?? "Nothing was changed";
  }
  return describeCounts(set.counts) || "Nothing changed";
}

function fillBars(row, set) {
  const bar = find(".tally-bar", row);
  const progress = find("progress", row);
  progress.hidden = !isAtWork(set);
  setProgress(progress, set.progress.total === null ? null : set.progress.percent);
  progress.ariaLabel = `Progress of ${set.subject}`;
  bar.hidden = !describeCounts(set.counts);
  fillTallyBar(bar, set.counts);
}
