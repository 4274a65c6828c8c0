/**
 * The import page: one file from the drop over the look at what it would change to its report.
 *
 * The state is either a file on its way up or the import's record as the server
 * tells it; the view follows from that. The address carries the import's id, so
 * a reload or a shared link goes on watching.
 */
import { get, isAbort, request, upload } from "../api.js";
import { find, keepInAddress, showProblem } from "../dom.js";
import { listenForFiles } from "../import/drop.js";
import { loadFindings } from "../import/findings.js";
import { renderUpload, renderWork } from "../import/progress.js";
import { renderReport } from "../import/report.js";
import { listenToReview, renderReview } from "../import/review.js";
import { isAtWork, isWaiting } from "../import/status.js";
import { poll } from "../poll.js";
import { Store } from "../store.js";
import { showToast, toastError } from "../toast.js";

const POLL_MS = 350;
const IDLE = { sending: null, record: null, preview: null, isLost: false, problem: null };
const TITLE = document.title;

const store = new Store(IDLE);
const views = ["idle", "work", "review", "report"].map((name) => find(`#${name}-view`));
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
  const form = buildForm(file);
  const isPreview = form.get("preview") === "true";
  const sending = { name: file.name, size: file.size, sent: 0, isPreview };
  store.update({ ...IDLE, sending });
  return attempt(async () => {
    const record = await upload("/api/imports", form, {
      signal,
      onProgress: (sent) => store.update({ sending: { ...sending, sent } }),
    });
    await follow(record.id);
  }, goIdle);
}

/** The options come before the file, so that a server that streams knows them in time. */
function buildForm(file) {
  const options = new FormData(find("#options"));
  const form = new FormData();
  form.append("preview", String(!options.has("direct")));
  for (const [name, value] of options) {
    if (value && name !== "direct") {
      form.append(name, value);
    }
  }
  form.append("file", file);
  return form;
}

/** Watches an import until it ends or waits for a decision, then shows that. */
async function follow(id) {
  const signal = beginWatch();
  keepInAddress({ import: id });
  const record = await ask(`/api/imports/${id}`, signal, {
    isDone: (answer) => !isAtWork(answer),
    onAnswer: (answer) => isAtWork(answer) && store.update({ sending: null, record: answer }),
  });
  const preview = isWaiting(record) ? await ask(`/api/imports/${id}/preview`, signal) : null;
  store.update({ ...IDLE, record, preview });
  await attempt(() => loadFindings(find(`#${chooseView(store.value)}-view`), record, signal));
}

/** Gets `path`, through a lost connection, until an answer is the one that is waited for. */
function ask(path, signal, { isDone = () => true, onAnswer = () => {} } = {}) {
  const onLost = (isLost) => store.update({ isLost });
  return poll((asked) => get(path, asked), { signal, interval: POLL_MS, isDone, onAnswer, onLost });
}

const watchImport = (id) => attempt(() => follow(id), goIdle);

/** Has a waiting import started, or checked again, and watches it; where others were quicker too. */
function goOn(action, body) {
  return attempt(async () => {
    const { id } = await request("POST", path(action), { body }).catch(followConflict);
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
  if (isWaiting(record)) {
    return "review";
  }
  return isAtWork(record) ? "work" : "report";
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
  review: (_view, { record, preview }) => renderReview(record, preview),
  report: (view, { record }) => renderReport(view, record),
};

store.addEventListener("change", () => {
  const name = chooseView(store.value);
  renderers[name](showView(name), store.value);
});

listenForFiles(find("#file-input"), accept);
find("#options").addEventListener("submit", (event) => event.preventDefault());
find("#cancel-button").addEventListener("click", (event) => cancel(event.currentTarget));
listenToReview({
  onCheck: (changes) => goOn("/preview", changes),
  onImport: (changes) => goOn("/start", changes),
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
