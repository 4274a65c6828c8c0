/** Buttons that put what stands beside them on the clipboard. */
import { find } from "./dom.js";

/** Lets `button` copy the text of `source`, an input or any other element, and say that it has. */
export function offerCopy(button, source) {
  button.addEventListener("click", async () => {
    const isCopied = await copy(source);
    label(button, isCopied ? "Copied" : "Press Ctrl+C");
  });
}

/** Makes the button say "Copy" again. */
export const resetCopy = (button) => label(button, "Copy");

function label(button, words) {
  find('[data-slot="copy"]', button).textContent = words;
}

/** True when it worked; otherwise the text is left selected, to be copied by hand. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    return true;
  } catch {
    // Without https the browser has no such clipboard, and the old way may work.
    select(source);
    return document.execCommand("copy");
  }
}

function select(source) {
  if (source.select) {
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
}
