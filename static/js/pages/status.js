/** The status page: how it all is, asked for again as long as somebody looks. */
import { get, isAbort } from "../api.js";
import { clone, find, showProblem } from "../dom.js";
import { poll } from "../poll.js";
import { placeFailures, placeQueues, placeTables, placeVersions, placeWorkers } from "../status/lists.js";
import { placeCharts } from "../status/rates.js";
import { describeDeliveries, explainPart, labelPart } from "../status/wording.js";
import { Store } from "../store.js";

const POLL_MS = 3000;

const store = new Store({ status: null, problem: null, isLost: false, span: 0 });

async function watch() {
  try {
    await poll((signal) => get("/api/status", signal), {
      signal: new AbortController().signal,
      interval: POLL_MS,
      isDone: () => false,
      onAnswer: (status) => store.update({ status, problem: null }),
      onLost: (isLost) => store.update({ isLost }),
    });
  } catch (problem) {
    if (!isAbort(problem)) {
      store.update({ problem });
    }
  }
}

function render() {
  const { status, problem, isLost, span } = store.value;
  showProblem(find("#problem"), problem);
  find("#connection-lost").hidden = !isLost;
  find("#report").hidden = !status;
  if (status) {
    renderParts(status);
    placeCharts(find("#charts"), status.rates[span]);
    placeQueues(status);
    placeWorkers(status);
    placeFailures(status);
    placeTables(status);
    placeVersions(status);
    find("#deliveries").textContent = describeDeliveries(status);
  }
}

function renderParts({ parts, is_ready: isReady }) {
  const missing = Object.keys(parts).filter((part) => !parts[part]);
  const summary = isReady ? "Everything that is needed is there." : "Some of it does not work.";
  if (find("#summary").textContent !== summary) {
    find("#summary").textContent = summary;
  }
  find("#parts").replaceChildren(
    ...Object.entries(parts).map(([part, isThere]) => {
      const badge = clone("part");
      badge.dataset.tone = isThere ? "completed" : "failed";
      badge.textContent = isThere ? labelPart(part) : `${labelPart(part)} missing`;
      return badge;
    }),
  );
  find("#not-ready").hidden = isReady;
  find("#missing").replaceChildren(
    ...missing.map((part) => {
      const item = clone("missing");
      item.textContent = explainPart(part);
      return item;
    }),
  );
}

store.addEventListener("change", render);
find(".spans").addEventListener("change", ({ target }) => {
  store.update({ span: Number(target.value) });
});
find("#show-small").addEventListener("click", ({ currentTarget }) => {
  const rows = find("#small-tables");
  rows.hidden = !rows.hidden;
  currentTarget.ariaExpanded = String(!rows.hidden);
  render();
});

watch();
