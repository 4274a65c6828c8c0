/**
 * The view of an import that waits for a decision: checked, or with a question.
 *
 * The file's own data is shown once for every answer of the server; what a
 * person changes is a draft, from which the buttons and their reasons follow.
 */
import { fill, find } from "../dom.js";
import { formatCount } from "../format.js";
import { Store } from "../store.js";
import { buildTally } from "../tally.js";
import { placeChanges } from "./changes.js";
import { buildChoices } from "./choices.js";
import { listenToColumns, placeColumns, showFields } from "./columns.js";
import {
  assignField,
  buildChanges,
  buildMapping,
  findSuggested,
  isCutAnew,
  listChanges,
  listMissing,
  readUsed,
} from "./draft.js";
import { FIELDS } from "./fields.js";
import { placeNotices } from "./notices.js";
import { listenToSettings, showSettings } from "./settings.js";
import { isAsking } from "./status.js";
import { describeFormat, describeOutlook, listHeaders } from "./wording.js";

const view = find("#review-view");
const review = new Store({
  record: null,
  preview: null,
  used: null,
  draft: null,
  hasChoices: false,
  isSent: false,
});
const LISTS = new Intl.ListFormat("en");
let actions = { onCheck() {}, onImport() {} };

/** Shows what the server knows of the import; `preview` is its answer about columns and changes. */
export function renderReview(record, preview) {
  const { columns } = preview;
  const used = readUsed(record, columns);
  const choices = buildChoices(record.problem, (answer) => sendAnswer(record, answer));
  // What has buttons of its own needs no second way to be chosen.
  const suggested = choices.length ? [] : findSuggested(record.problem?.suggested, columns);
  const draft = suggested.reduce((made, [field, index]) => assignField(made, index, field), used);
  renderHead(record, preview);
  renderProblem(record.problem, suggested, columns, choices);
  renderOutcome(record, preview);
  placeNotices(view, record.notices);
  const isOpen = isAsking(record);
  placeColumns(find("#columns"), columns, draft.fields, { isOpen });
  find("#columns").hidden = columns.length === 0;
  placeChanges(find("#sample-changes"), preview);
  review.update({ record, preview, used, draft, hasChoices: choices.length > 0, isSent: false });
}

/** `onCheck(changes)` has the file looked at again, `onImport(changes)` has it imported. */
export function listenToReview({ onCheck, onImport }) {
  actions = { onCheck, onImport };
  const change = (changed) => review.update({ draft: { ...review.value.draft, ...changed } });
  listenToSettings(find("#settings"), (name, value) => change({ [name]: value }));
  listenToColumns(find("#columns"), (index, field) =>
    change(assignField(review.value.draft, index, field)),
  );
  find("#start-button").addEventListener("click", () => send(() => onImport({})));
  find("#review-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const { record, preview, used, draft } = review.value;
    const changes = buildChanges(used, draft, preview.columns);
    const isAsked = isAsking(record) && preview.columns.length > 0;
    const mapping = buildMapping(draft, preview.columns);
    send(() => onCheck(isAsked ? { mapping, ...changes } : changes));
  });
  review.addEventListener("change", renderDraft);
}

/** Goes on as was asked for: an import that was to run without a preview does. What failed cannot. */
function sendAnswer({ preview: isPreview, status }, answer) {
  const { used, draft, preview } = review.value;
  const goOn = isPreview || status === "failed" ? actions.onCheck : actions.onImport;
  return send(() => goOn({ ...buildChanges(used, draft, preview.columns), ...answer }));
}

/** Runs `action` with the buttons out of reach, so that nothing is asked for twice. */
async function send(action) {
  review.update({ isSent: true });
  await action();
  review.update({ isSent: false });
}

function renderHead(record, { columns }) {
  const { filename, counts } = record;
  const changes = countChanges(counts);
  const isAsked = isAsking(record);
  const title = changes ? "Ready to import" : "Nothing would change";
  const outlook = changes
    ? `${filename} was read to the end. Nothing has changed yet.`
    : `No row of ${filename} creates or changes a product.`;
  const size = columns.length ? `has ${formatCount(columns.length, "column")}` : "waits to be read";
  const asked = `${filename} ${size}. Nothing has changed yet.`;
  fill(view, { title: isAsked ? "One question first" : title, lead: isAsked ? asked : outlook });
  document.title = `${isAsked ? "One question" : title} – ${filename}`;
}

const countChanges = ({ created, updated }) => created + updated;

function renderProblem(problem, suggested, columns, choices) {
  const wishes = suggested.map(([field, at]) => `“${columns[at].header}” as the ${nameField(field)}`);
  find("#review-problem").hidden = !problem;
  fill(view, {
    "problem-title": problem?.title,
    "problem-detail": problem?.detail,
    "problem-suggestion": wishes.length
      ? `Suggested and chosen below: ${LISTS.format(wishes)}.`
      : "",
  });
  find("#choices").replaceChildren(...choices);
}

function renderOutcome(record, { columns, counts }) {
  const isChecked = record.status === "ready";
  find("#review-outcome").hidden = !isChecked;
  find("[data-tally]", view).replaceChildren(isChecked ? buildTally(counts) : "");
  fill(view, {
    format: describeFormat(record.format ?? {}),
    ignored: listHeaders(record.ignored_columns),
    "columns-note": columns.length ? formatCount(columns.length, "column") : "No columns found yet",
  });
}

/** Everything that follows from the draft: the selects, the buttons, and why they are as they are. */
function renderDraft() {
  const { record, preview, used, draft, hasChoices, isSent } = review.value;
  const { columns } = preview;
  const isReady = record.status === "ready";
  const changes = listChanges(used, draft);
  const missing = columns.length ? listMissing(used, draft) : [];
  const isAsked = !isReady && columns.length > 0 && !hasChoices;
  const isAnew = isCutAnew(used, draft);
  showSettings(find("#settings"), draft);
  showFields(find("#columns"), draft, used);
  find("#columns").disabled = isAnew;
  const again = find("#check-button");
  again.hidden = !changes.length && !isAsked;
  again.disabled = isSent || missing.length > 0;
  again.textContent = isAsked && !isAnew ? "Check this mapping" : "Check again";
  const start = find("#start-button");
  const count = countChanges(preview.counts);
  start.hidden = !isReady;
  start.disabled = isSent || changes.length > 0 || record.problem !== null;
  start.classList.toggle("button-primary", count > 0 && !changes.length);
  start.textContent = count ? `Import ${formatCount(count, "product")}` : "Import anyway";
  fill(view, { words: chooseWords({ isReady, isAsked, changes, missing, hasChoices }) });
}

function chooseWords({ isReady, isAsked, changes, missing, hasChoices }) {
  const { record, preview, used, draft } = review.value;
  if (hasChoices && changes.length === 0) {
    return "Choose one of the answers below.";
  }
  if (missing.length > 0) {
    const names = missing.map((field) => `the ${nameField(field)}`);
    return `Choose the column of ${LISTS.format(names)}.`;
  }
  if (isAsked && !isCutAnew(used, draft)) {
    return "Have the whole file checked with these columns.";
  }
  if (changes.length > 0) {
    const anew = isCutAnew(used, draft) ? " The columns are then found anew." : "";
    return `You changed ${LISTS.format(changes)}. Check again before importing.${anew}`;
  }
  if (isReady && record.problem) {
    return "Bad rows are to stop the import, and there are some. Correct them, or leave them out.";
  }
  return isReady
    ? `${describeOutlook(preview.counts, record.mode) || "No rows"}.`
    : "Choose how the file is read.";
}

const NAMES = { sku: "SKU", active: "status" };
const nameField = (field) => NAMES[field] ?? FIELDS[field].toLowerCase();
