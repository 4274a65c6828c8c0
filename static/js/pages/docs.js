/** The API's documentation, made of the OpenAPI document. */
import { get } from "../api.js";
import { clone, fill, find, showProblem } from "../dom.js";
import { Description } from "../docs/document.js";
import { makeOperation } from "../docs/operation.js";

async function load() {
  try {
    const description = new Description(await get("/api/openapi.json"));
    place(description);
    find("#document").hidden = false;
    openTarget();
  } catch (problem) {
    showProblem(find("#problem"), problem);
  }
}

function place(description) {
  for (const { name, description: words, operations } of description.groupByTag()) {
    const tag = clone("tag");
    tag.id = `tag-${name}`;
    const title = nameTag(name);
    fill(tag, { name: title, description: words });
    for (const operation of operations) {
      const element = makeOperation(description, operation);
      element.dataset.words = `${operation.method} ${operation.path} ${operation.summary}`.toLowerCase();
      element.addEventListener("toggle", () => element.open && keepTarget(element.id));
      find(".operations", tag).append(element);
    }
    find("#operations").append(tag);
    const link = clone("tag-link");
    link.href = `#${tag.id}`;
    link.textContent = title;
    find("#tags").append(link);
  }
}

/** "api_keys" is "API keys". */
function nameTag(name) {
  const words = name.replaceAll(/[-_]/g, " ").replace(/^api\b/, "API");
  return words[0].toUpperCase() + words.slice(1);
}

const keepTarget = (id) => history.replaceState(null, "", `#${id}`);

/** Opens the operation that the address names. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches("details")) {
    target.open = true;
  }
  target?.scrollIntoView();
}

/** Shows the operations whose address or words hold all that was typed. */
function search() {
  const wanted = find("#search").value.toLowerCase().split(/\s+/);
  for (const tag of document.querySelectorAll(".tag")) {
    const operations = [...tag.querySelectorAll(".operation")];
    for (const operation of operations) {
      operation.hidden = !wanted.every((word) => operation.dataset.words.includes(word));
    }
    tag.hidden = operations.every((operation) => operation.hidden);
  }
  find("#nothing").hidden = [...document.querySelectorAll(".tag")].some((tag) => !tag.hidden);
}

find("#search").addEventListener("input", search);
window.addEventListener("hashchange", openTarget);

load();
