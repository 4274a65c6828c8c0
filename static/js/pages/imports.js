/** The imports page: every import, newest first; those at work move while you look. */
import { get, isAbort } from "../api.js";
import { fill, fillTime, find, keepInAddress, setProgress, showProblem } from "../dom.js";
import { formatBytes, formatDuration, formatNumber } from "../format.js";
import { countWorkSeconds, describeStage, isAtWork, labelStatus } from "../import/status.js";
import { describeTotal, fillPager, listenToPager, placeItems } from "../list.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { fillTallyBar, describeCounts } from "../tally.js";

const POLL_MS = 1000;
const LIMIT = 20;

const store = new Store({ page: null, problem: null, isLost: false });
let watch = new AbortController();

/** Shows the page the address names, and asks again while an import on it is at work. */
async function load() {
  watch.abort();
  watch = new AbortController();
  const { signal } = watch;
  const query = new URLSearchParams({ limit: LIMIT });
  const cursor = new URLSearchParams(location.search).get("cursor");
  if (cursor) {
    query.set("cursor", cursor);
  }
  try {
    await poll((asked) => get(`/api/imports?${query}`, asked), {
      signal,
      interval: POLL_MS,
      isDone: ({ items }) => !items.some(isAtWork),
      onAnswer: (page) => store.update({ page, problem: null }),
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ problem });
    }
  }
}

function render() {
  const { page, problem, isLost } = store.value;
  showProblem(find("#list-problem"), problem);
  find("#connection-lost").hidden = !isLost;
  if (page) {
    const isEmpty = page.items.length === 0;
    find("#list").hidden = isEmpty;
    find("#no-imports").hidden = !isEmpty;
    find("#total").textContent = isEmpty ? "" : describeTotal(page, "import");
    fillPager(page);
    placeItems(find("tbody"), page.items, "import", fillRow);
  }
}

function fillRow(row, record) {
  const { id, status, counts, started_at: started } = record;
  find("a", row).href = `/?import=${id}`;
  find(".badge", row).dataset.tone = status;
  fill(row, {
    filename: record.filename,
    size: formatBytes(record.size_bytes),
    status: labelStatus(status),
    rows: formatNumber(counts.rows || record.progress?.rows_read || null),
    outcome: describeOutcome(record),
    took: formatDuration(countWorkSeconds(record)),
  });
  fillTime(find("time", row), started ?? record.created_at);
  fillBars(row, record);
}

function describeOutcome(record) {
  if (isAtWork(record)) {
    return describeStage(record);
  }
  if (["completed", "ready"].includes(record.status)) {
    return describeCounts(record.counts) || "No rows";
  }
  return record.problem?.title ?? "Nothing was changed";
}

function fillBars(row, record) {
  const bar = find(".tally-bar", row);
  const progress = find("progress", row);
  progress.hidden = !isAtWork(record);
  setProgress(progress, record.progress?.percent ?? null);
  progress.ariaLabel = `Progress of ${record.filename}`;
  bar.hidden = !["completed", "ready"].includes(record.status) || !record.counts.rows;
  fillTallyBar(bar, record.counts);
}

store.addEventListener("change", render);
window.addEventListener("popstate", load);
listenToPager((cursor) => {
  keepInAddress({ cursor }, { inHistory: true });
  load().then(() => window.scrollTo(0, 0));
});

load();
