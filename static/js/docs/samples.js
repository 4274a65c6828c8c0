/** Examples to copy: a body made of its schema, and the call by curl. Pure. */

const DEEPEST = 3;
const MADE_UP = {
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "Oak and linen",
  price: "49.90",
  url: "https://example.com/hooks",
  password: "…",
};
const FORMATS = {
  "date-time": "2026-11-21T08:00:00Z",
  uuid: "01912d3c-0000-7000-8000-000000000000",
  uri: "https://example.com",
};

/** A value as `schema` wants it: what must be there, or where nothing must, the first few. */
export function makeExample(description, schema, name = "", depth = 0) {
  const found = description.unwrap(schema);
  const kind = [found.type].flat().find((type) => type !== "null");
  if (found.default !== undefined && found.default !== null) {
    return found.default;
  }
  if (found.enum) {
    return found.enum[0];
  }
  if (kind === "array") {
    return [makeExample(description, found.items, name, depth + 1)];
  }
  if (kind === "object" || found.properties || found.allOf) {
    return depth < DEEPEST ? makeObject(description, found, depth) : {};
  }
  if (kind === "integer" || kind === "number") {
    return found.minimum ?? 1;
  }
  return kind === "boolean" ? true : (MADE_UP[name] ?? FORMATS[found.format] ?? "…");
}

function makeObject(description, schema, depth) {
  const members = description.listMembers(schema);
  const alternative = (schema.oneOf ?? schema.anyOf)?.[0]?.required ?? [];
  const wanted = members.filter(({ name, isRequired }) => isRequired || alternative.includes(name));
  const shown = wanted.length > 0 ? wanted : members.slice(0, 3);
  return Object.fromEntries(
    shown.map(({ name, schema: member }) => [name, makeExample(description, member, name, depth + 1)]),
  );
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The call as lines for a shell. `origin` is where the server is reached. */
export function makeCall(description, operation, origin) {
  const { method, path, parameters, body, access } = operation;
  const needed = parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  const query = needed.map(({ name, schema }) => `${name}=${makeExample(description, schema, name)}`);
  const address = origin + path + (query.length > 0 ? `?${query.join("&")}` : "");
  const lines = [method === "get" ? "curl" : `curl -X ${method.toUpperCase()}`];
  if (access) {
    lines.push(`-H "Authorization: Bearer $KEY"`);
  }
  if (body["multipart/form-data"]) {
    lines.push("-F file=@products.csv");
  } else if (body["application/json"]) {
    const example = makeExample(description, body["application/json"].schema);
    lines.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(example, null, 2))}`);
  }
  return [...lines, quote(address)].join(" \\\n  ");
}
