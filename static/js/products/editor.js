/**
 * Editing a cell in its place. Enter saves, Escape leaves, Tab saves and goes on;
 * leaving it in any other way saves too.
 *
 * The editor stays open until the server has taken the value: a refusal or a
 * conflict is shown right below what was typed, and nothing typed is lost.
 */
import { clone, fill, find } from "../dom.js";
import { LABELS, isolate, readText, shorten, showValue } from "./fields.js";
import { nextCell } from "./grid.js";
import { EditConflict, findTaken, locateErrors, saveFields } from "./saving.js";
import { findProduct, showProduct } from "./table.js";
import { inTurn } from "./turns.js";

const LONGEST_SHOWN = 300;
const editors = new Map();

/** Opens the cell's editor on all of its text, or goes to the one that is open. */
export function editCell(cell) {
  const editor = editors.get(cell) ?? openEditor(cell);
  editor.input.focus();
  editor.input.select();
}

function openEditor(cell) {
  const { field } = cell.dataset;
  const product = findProduct(cell.closest("tr"));
  const box = clone("editor");
  const input = clone(field === "description" ? "editor-text" : "editor-line");
  input.value = product[field] ?? "";
  input.ariaLabel = `${LABELS[field]} of ${isolate(product.sku)}`;
  input.inputMode = field === "price" ? "decimal" : "text";
  box.append(input);
  cell.append(box);
  // The control may hold the text in another way (line breaks): what it made of it is no change.
  const editor = { cell, field, box, input, base: product, given: input.value, refused: null };
  editors.set(cell, editor);
  box.addEventListener("keydown", (event) => handleKey(editor, event));
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (!box.contains(relatedTarget) && input.value !== editor.refused) {
      save(editor);
    }
  });
  return editor;
}

function handleKey(editor, event) {
  const { key, shiftKey, target, isComposing } = event;
  event.stopPropagation();
  if (isComposing) {
    return;
  }
  if (key === "Escape") {
    event.preventDefault();
    close(editor);
  } else if (target === editor.input && handleEnd(editor, key, shiftKey)) {
    event.preventDefault();
  }
}

/** Whether the key ends the edit. Shift breaks a line of text; Tab goes into a note there is. */
function handleEnd(editor, key, shiftKey) {
  const { box, input } = editor;
  if (key === "Enter" && !(shiftKey && input.matches("textarea"))) {
    save(editor);
    return true;
  }
  const isInNote = input.value === editor.refused && find(".editor-note :is(a, button)", box);
  return key === "Tab" && !isInNote && goOn(editor, shiftKey ? -1 : 1);
}

/** Saves and edits the neighbour; false at the table's ends, where Tab leaves it. */
function goOn(editor, step) {
  const neighbour = nextCell(editor.cell, step);
  save(editor);
  if (neighbour) {
    editCell(neighbour);
  }
  return Boolean(neighbour);
}

async function save(editor) {
  const { cell, field, input, base } = editor;
  if (!editors.has(cell) || input.readOnly) {
    return;
  }
  if (input.value === editor.given) {
    close(editor);
    return;
  }
  const changes = { [field]: readText(field, input.value) };
  setSaving(editor, true);
  try {
    const row = cell.closest("tr");
    const saved = await inTurn(base.id, () => saveFields(findProduct(row) ?? base, base, changes));
    showProduct(saved);
    close(editor);
  } catch (error) {
    setSaving(editor, false);
    editor.refused = input.value;
    showNote(editor, error);
  }
}

function setSaving({ box, input }, isSaving) {
  input.readOnly = isSaving;
  box.classList.toggle("is-saving", isSaving);
  find(".editor-note", box)?.remove();
  input.ariaInvalid = null;
}

function close(editor) {
  const { cell, box } = editor;
  editors.delete(cell);
  if (box.contains(document.activeElement)) {
    cell.focus();
  }
  box.remove();
}

function showNote(editor, error) {
  const { box, input } = editor;
  const isConflict = error instanceof EditConflict;
  const note = isConflict ? buildConflict(editor, error) : buildError(editor, error);
  input.ariaInvalid = "true";
  box.append(note);
  // Below the last rows there may be no room left on the screen.
  note.scrollIntoView({ block: "nearest" });
}

function buildError({ field }, error) {
  const note = clone("editor-error");
  const errors = locateErrors(error);
  const isGone = error.status === 404;
  fill(note, {
    detail: isGone ? "This product was deleted meanwhile." : (errors[field] ?? explain(error)),
  });
  const taken = findTaken(error);
  if (taken) {
    const link = find("a", note);
    link.hidden = false;
    link.href = `/products.html?product=${taken}`;
    link.dataset.product = taken;
  }
  return note;
}

const explain = ({ title, message }) => `${title ?? "Something went wrong"}. ${message}`;

/** Both values, and the choice between them. */
function buildConflict(editor, { product }) {
  const { field, input } = editor;
  const note = clone("editor-conflict");
  showProduct(product);
  fill(note, {
    theirs: shorten(showValue(field, product[field]), LONGEST_SHOWN) || "(empty)",
    yours: shorten(input.value, LONGEST_SHOWN) || "(empty)",
  });
  note.addEventListener("click", ({ target }) => {
    const { choice } = target.closest("[data-choice]")?.dataset ?? {};
    if (choice === "theirs") {
      close(editor);
    } else if (choice === "yours") {
      editor.base = product;
      input.focus();
      save(editor);
    }
  });
  return note;
}
