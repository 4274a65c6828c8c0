/** The help on checking signatures. The lines it shows are files that the tests run. */
import { clone, fill, find } from "../dom.js";
import { offerCopy } from "../copying.js";

const SAMPLES = {
  Python: "/samples/verify_webhook.py",
  Node: "/samples/verify_webhook.mjs",
};

/** Puts the help into `place`; the samples are fetched when it is opened for the first time. */
export function placeHelp(place) {
  const help = clone("help");
  place.append(help);
  help.addEventListener("toggle", () => placeSamples(find("#samples", help)), { once: true });
}

function placeSamples(list) {
  for (const [language, address] of Object.entries(SAMPLES)) {
    const sample = clone("sample");
    const code = find("code", sample);
    fill(sample, { language });
    find("a", sample).href = address;
    offerCopy(find("button", sample), code);
    list.append(sample);
    show(code, address);
  }
}

async function show(code, address) {
  try {
    const response = await fetch(address);
    code.textContent = response.ok ? (await response.text()).trimEnd() : "This could not be loaded.";
  } catch {
    code.textContent = "The server cannot be reached.";
  }
}
