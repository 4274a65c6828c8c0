/**
 * How data reaches the page: cloned templates and text, never markup.
 * Any string from a file or from the server is shown as the text it is.
 */

import { formatDate } from "./format.js";

export const find = (selector, root = document) => root.querySelector(selector);

/** The first element of `<template id="{name}-template">`, copied. */
export function clone(name) {
  const template = document.getElementById(`${name}-template`);
  return template.content.firstElementChild.cloneNode(true);
}

/** Writes each value as the text of the `data-slot` of that name, where it differs. */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    const slot = find(`[data-slot="${name}"]`, root);
    const text = String(value ?? "");
    if (slot.textContent !== text) {
      slot.textContent = text;
    }
  }
}

/** Shows `when` in a `<time>`; nothing when there is no time. */
export function fillTime(element, when) {
  element.dateTime = when ?? "";
  element.textContent = when ? formatDate(when) : "–";
}

/** Shows a problem in a notice; hides the notice when there is none. */
export function showProblem(notice, problem) {
  notice.hidden = !problem;
  if (problem) {
    fill(notice, { title: problem.title, detail: problem.detail });
  }
}

/** Sets a progress bar; null shows that the end is not known. */
export function setProgress(bar, percent) {
  if (percent === null) {
    bar.removeAttribute("value");
  } else {
    bar.value = percent;
  }
}

/** The function, called once `ms` have passed without another call. */
export function debounce(ms, run) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(run, ms, ...values);
  };
}

/** Puts `values` into the address as its query, empty ones left out, without a new page. */
export function keepInAddress(values, { inHistory = false } = {}) {
  const kept = Object.entries(values).filter(([, value]) => value);
  const query = new URLSearchParams(kept).toString();
  const address = location.pathname + (query ? `?${query}` : "");
  if (address !== location.pathname + location.search) {
    history[inHistory ? "pushState" : "replaceState"](null, "", address);
  }
}

/**
 * Runs `work` with the button out of reach; it keeps the focus, which a disabled one would lose.
 * Null if it is running already.
 */
export async function keepFromPressing(button, work) {
  if (button.ariaDisabled === "true") {
    return null;
  }
  button.ariaDisabled = "true";
  try {
    return await work();
  } finally {
    button.ariaDisabled = null;
  }
}
