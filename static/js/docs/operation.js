/** One operation on the page: what it takes, what it answers, and how it is called. */
import { offerCopy } from "../copying.js";
import { clone, fill, find } from "../dom.js";
import { makeCall } from "./samples.js";

const DEEPEST = 4;
const TONES = { get: "running", post: "completed", put: "ready", patch: "ready", delete: "failed" };
const PLACES = { path: "In the address", query: "In the query", header: "In the headers" };

/** The folded operation; what is inside is made when it is opened for the first time. */
export function makeOperation(description, operation) {
  const element = clone("operation");
  element.id = operation.id;
  const { method, path, summary = "", access } = operation;
  fill(element, { method: method.toUpperCase(), path, summary, access });
  find(".method", element).dataset.tone = TONES[method];
  markCode(element);
  find(".access", element).title = access ? `An API key needs the scope ${access}` : "";
  element.addEventListener("toggle", () => {
    const body = find(".operation-body", element);
    if (element.open && body.children.length === 0) {
      body.append(...makeParts(description, operation));
      markCode(body);
    }
  });
  return element;
}

/** Shows what stands between backticks in the document's sentences as code. */
function markCode(element) {
  for (const slot of element.querySelectorAll("[data-slot]")) {
    const parts = slot.textContent.split("`");
    if (parts.length > 2) {
      slot.replaceChildren(...parts.map((text, index) => (index % 2 ? makeCode(text) : text)));
    }
  }
}

function makeCode(text) {
  const code = clone("code");
  code.textContent = text;
  return code;
}

function makeParts(description, operation) {
  const notes = [operation.description, describeAccess(operation.access)];
  const about = makePart("", notes.filter(Boolean).join(" "));
  const parameters = Object.entries(PLACES).flatMap(([place, title]) => {
    const found = operation.parameters.filter((parameter) => parameter.in === place);
    const fields = found.map(({ name, required, content, schema, description: words }) => ({
      name,
      isRequired: required,
      schema: {
        ...(schema ?? Object.values(content ?? {})[0]?.schema),
        ...(words && { description: words }),
      },
    }));
    return fields.length > 0 ? [makePart(title, "", makeFields(description, fields))] : [];
  });
  return [
    ...(notes.some(Boolean) ? [about] : []),
    makeSample(description, operation),
    ...parameters,
    ...makeBody(description, operation),
    makeAnswers(description, operation),
  ];
}

function describeAccess(access) {
  if (access === null) {
    return "";
  }
  return access ? `A key needs the scope ${access}, or one that holds it.` : "Open to everybody.";
}

function makePart(title, note, ...content) {
  const part = clone("part");
  fill(part, { title, note });
  part.append(...content);
  return part;
}

function makeSample(description, operation) {
  const sample = clone("sample");
  const code = find("code", sample);
  code.textContent = makeCall(description, operation, location.origin);
  offerCopy(find("button", sample), code);
  return makePart("Example", "", sample);
}

function makeBody(description, { body, isBodyRequired }) {
  const types = Object.keys(body);
  if (types.length === 0) {
    return [];
  }
  const [first, ...others] = types;
  const fields = makeFields(description, description.listMembers(body[first].schema));
  const words = others.length > 0 ? `${first}; or the file itself as ${others.join(", ")}` : first;
  return [makePart("Body", isBodyRequired ? words : `${words}; may be left out`, fields)];
}

function makeAnswers(description, { answers }) {
  const part = makePart("Answers", "Every error is an application/problem+json.");
  for (const { status, description: words, content = {}, headers = {} } of answers) {
    const [[media, { schema }] = ["", {}]] = Object.entries(content);
    const answer = clone("answer");
    const isError = status >= 400;
    const told = [isError ? "" : media, ...Object.keys(headers).map((name) => `header ${name}`)];
    fill(answer, { status, description: words, media: told.filter(Boolean).join(", ") });
    find(".badge", answer).dataset.tone = isError ? "" : "completed";
    part.append(answer);
    const members = schema && !isError ? description.listMembers(schema) : [];
    if (members.length > 0) {
      part.append(makeFields(description, members, { isAnswer: true }));
    }
  }
  return part;
}

/** The members of an object, those that are objects themselves folded. In an answer all are there. */
function makeFields(description, members, { isAnswer = false, depth = 0 } = {}) {
  const list = clone("fields");
  for (const { name, schema, isRequired } of members) {
    const row = clone("field");
    const found = description.resolve(schema);
    fill(row, {
      name,
      required: isRequired && !isAnswer ? "required" : "",
      kind: description.nameKind(schema),
      description: found.description ?? "",
      rules: description.describeRules(schema),
    });
    const inner = description.listMembers(schema);
    if (inner.length > 0 && depth < DEEPEST) {
      const folded = makeNested(description, name, inner, { isAnswer, depth: depth + 1 });
      find("dd", row).append(folded);
    }
    list.append(row);
  }
  return list;
}

function makeNested(description, name, members, options) {
  const nested = clone("nested");
  find("summary", nested).textContent = `members of ${name}`;
  nested.addEventListener(
    "toggle",
    () => {
      nested.append(makeFields(description, members, options));
      markCode(nested);
    },
    { once: true },
  );
  return nested;
}
