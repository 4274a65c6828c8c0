/** Files by picker or by dropping them anywhere on the page. */

/** Calls `onFile(file)` for the first file chosen or dropped on the whole page. */
export function listenForFiles(input, onFile) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    // Cleared, so that choosing the same file again is a change again.
    input.value = "";
    if (file) {
      onFile(file);
    }
  });
  listenForDrops(onFile);
}

function listenForDrops(onFile) {
  const mark = (isDragging) => document.body.classList.toggle("is-dragging", isDragging);
  // Without preventDefault the browser leaves the page to show the file.
  window.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
      mark(true);
    }
  });
  // Leaving the window, not an element in it, has nowhere to go.
  window.addEventListener("dragleave", (event) => event.relatedTarget ?? mark(false));
  window.addEventListener("drop", (event) => {
    mark(false);
    if (carriesFiles(event)) {
      event.preventDefault();
      onFile(event.dataTransfer.files[0]);
    }
  });
}

const carriesFiles = (event) => event.dataTransfer.types.includes("Files");
