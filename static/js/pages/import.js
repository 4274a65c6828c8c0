/**
 * The import page: one file from the drop to its report.
 *
 * The state is either a file on its way up or the import's record as the server
 * tells it; the view follows from that. The address carries the import's id, so
 * a reload or a shared link goes on watching.
 */
import { get, isAbort, request, upload } from "../api.js";
import { find, keepInAddress, showProblem } from "../dom.js";
import { listenForFiles } from "../import/drop.js";
import { renderUpload, renderWork } from "../import/progress.js";
import { loadRows, renderReport } from "../import/report.js";
import { readMapping, renderMapping, renderReview } from "../import/review.js";
import { isAtWork } from "../import/status.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { showToast, toastError } from "../toast.js";

const POLL_MS = 350;
const IDLE = { sending: null, record: null, preview: null, isLost: false, problem: null };
const TITLE = document.title;

const store = new Store(IDLE);
const views = ["idle", "work", "review", "mapping", "report"].map((name) => find(`#${name}-view`));
let watch = new AbortController();

const path = (action = "") => `/api/imports/${store.value.record.id}${action}`;
const isBusy = ({ sending, record }) => Boolean(sending || (record && isAtWork(record)));

/** Ends what the page is doing now and answers the signal of what it does next. */
function beginWatch() {
  watch.abort();
  watch = new AbortController();
  return watch.signal;
}

/** Runs `work`; an abort is silence, any other error goes to `onError`. */
async function attempt(work, onError = toastError) {
  try {
    await work();
  } catch (error) {
    if (!isAbort(error)) {
      onError(error);
    }
  }
}

const goIdle = (problem = null) => {
  beginWatch();
  keepInAddress({});
  document.title = TITLE;
  store.update({ ...IDLE, problem });
};

function send(file) {
  const signal = beginWatch();
  const sending = { name: file.name, size: file.size, sent: 0 };
  store.update({ ...IDLE, sending });
  return attempt(async () => {
    const record = await upload("/api/imports", buildForm(file), {
      signal,
      onProgress: (sent) => store.update({ sending: { ...sending, sent } }),
    });
    await follow(record.id);
  }, goIdle);
}

/** The options come before the file, so that a server that streams knows them in time. */
function buildForm(file) {
  const form = new FormData();
  for (const [name, value] of new FormData(find("#options"))) {
    if (value) {
      form.append(name, name === "preview" ? "true" : value);
    }
  }
  form.append("file", file);
  return form;
}

/** Watches an import until it ends or waits for a decision, then shows that. */
async function follow(id) {
  const signal = beginWatch();
  keepInAddress({ import: id });
  const record = await poll((asked) => get(`/api/imports/${id}`, asked), {
    signal,
    interval: POLL_MS,
    isDone: (answer) => !isAtWork(answer),
    onAnswer: (answer) => isAtWork(answer) && store.update({ sending: null, record: answer }),
    onLost: (isLost) => store.update({ isLost }),
  });
  if (["ready", "needs_mapping"].includes(record.status)) {
    const preview = await get(`/api/imports/${id}/preview`, signal);
    store.update({ ...IDLE, record, preview });
  } else {
    store.update({ ...IDLE, record });
    await loadRows(find("#report-view"), record, signal);
  }
}

const watchImport = (id) => attempt(() => follow(id), goIdle);

/** Starts a waiting import; when somebody else already has, shows where it stands. */
function start(body) {
  return attempt(async () => {
    const { id } = await request("POST", path("/start"), { body }).catch(followConflict);
    await follow(id);
  });
}

/** A 409 says that the import has moved on: that is news, not an error. */
function followConflict(error) {
  if (error.status !== 409) {
    throw error;
  }
  showToast(error.message);
  return store.value.record;
}

async function cancel(button) {
  if (store.value.sending) {
    goIdle();
    return;
  }
  button.disabled = true;
  await attempt(async () => {
    const { id } = await request("POST", path("/cancel")).catch(followConflict);
    await follow(id);
  });
  button.disabled = false;
}

function accept(file) {
  if (isBusy(store.value)) {
    showToast("One import at a time: wait for this one or cancel it.");
  } else {
    send(file);
  }
}

function chooseView({ sending, record }) {
  if (sending) {
    return "work";
  }
  if (!record) {
    return "idle";
  }
  const waiting = { ready: "review", needs_mapping: "mapping" };
  return waiting[record.status] ?? (isAtWork(record) ? "work" : "report");
}

/** Shows one view; a new one takes the focus to its heading, which names it. */
function showView(name) {
  const view = find(`#${name}-view`);
  const isNew = view.hidden && views.some((other) => !other.hidden);
  for (const other of views) {
    other.hidden = other !== view;
  }
  if (isNew) {
    (find("h1[tabindex]", view) ?? find("input", view)).focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  return view;
}

const renderers = {
  idle: (_view, { problem }) => showProblem(find("#upload-problem"), problem),
  work: (view, { sending, record, isLost }) => {
    find("#connection-lost").hidden = !isLost;
    if (sending) {
      renderUpload(view, sending);
    } else {
      renderWork(view, record);
    }
  },
  review: (view, { record, preview }) => renderReview(view, record, preview),
  mapping: (view, { record, preview }) => renderMapping(view, record, preview),
  report: (view, { record }) => renderReport(view, record),
};

store.addEventListener("change", () => {
  const name = chooseView(store.value);
  renderers[name](showView(name), store.value);
});

listenForFiles(find("#file-input"), accept);
find("#options").addEventListener("submit", (event) => event.preventDefault());
find("#cancel-button").addEventListener("click", (event) => cancel(event.currentTarget));
find("#start-button").addEventListener("click", () => start({}));
find("#mapping-form").addEventListener("submit", (event) => {
  event.preventDefault();
  start({ mapping: readMapping(event.currentTarget) });
});
document.addEventListener("click", ({ target }) => {
  const { action } = target.closest("[data-action]")?.dataset ?? {};
  if (action === "another") {
    goIdle();
  } else if (action === "discard") {
    cancel(target.closest("button"));
  }
});
window.addEventListener("beforeunload", (event) => store.value.sending && event.preventDefault());

const shared = new URLSearchParams(location.search).get("import");
if (shared) {
  watchImport(shared);
} else {
  goIdle();
}
