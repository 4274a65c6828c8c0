/**
 * The page's places in the browser's history.
 *
 * Every step (a filter, an order, a page) is a place that Back returns to; what
 * is typed into one field in one go is one step. A place remembers how far it
 * was scrolled, for the list is there only once it has been loaded again.
 */
import { debounce } from "../dom.js";
import { formatView, parseView } from "./view.js";

const SCROLLED_MS = 100;

history.scrollRestoration = "manual";

/** The view that the address names. */
export const readView = () => parseView(location.search);

/** How far the present place was scrolled when it was left. */
export const readScroll = () => history.state?.scroll ?? 0;

/** Makes `view` the present place; `typed` names the field being typed into, if one is. */
export function visit(view, typed = null) {
  const query = formatView(view);
  const address = location.pathname + (query ? `?${query}` : "");
  if (address === location.pathname + location.search) {
    return;
  }
  if (typed && history.state?.typed === typed) {
    history.replaceState({ typed, scroll: 0 }, "", address);
  } else {
    keepScroll();
    history.pushState({ typed, scroll: 0 }, "", address);
  }
}

/** Takes a name that has done its work out of the address. */
export function forget(name) {
  const query = new URLSearchParams(location.search);
  query.delete(name);
  const rest = query.toString();
  history.replaceState(history.state, "", location.pathname + (rest ? `?${rest}` : ""));
}

/** Calls `run` whenever Back or Forward has led to another place. */
export const listenToTravel = (run) => window.addEventListener("popstate", run);

function keepScroll() {
  history.replaceState({ ...history.state, scroll: Math.round(window.scrollY) }, "");
}

window.addEventListener("scroll", debounce(SCROLLED_MS, keepScroll), { passive: true });
window.addEventListener("pagehide", keepScroll);
