/** Reading the OpenAPI document: references, operations by tag, schemas in words. Pure. */

/** A longer one tells a reader nothing. */
const LONGEST_PATTERN = 40;
const METHODS = ["get", "post", "put", "patch", "delete"];

/** The document, with what it refers to within itself within reach. */
export class Description {
  constructor(document) {
    this.document = document;
  }

  /** What a `$ref` stands for, its neighbours added; anything else as it is. */
  resolve(part) {
    if (!part?.$ref) {
      return part ?? {};
    }
    const path = part.$ref.slice(2).split("/");
    const { $ref: _, ...beside } = part;
    return { ...this.resolve(path.reduce((node, name) => node[name], this.document)), ...beside };
  }

  /** `[{ name, description, operations }]`, in the document's order. */
  groupByTag() {
    const groups = new Map(
      this.document.tags.map((tag) => [tag.name, { ...tag, operations: [] }]),
    );
    for (const [path, item] of Object.entries(this.document.paths)) {
      for (const method of METHODS.filter((name) => item[name])) {
        const operation = this.#describe(method, path, item);
        groups.get(operation.tags[0]).operations.push(operation);
      }
    }
    return [...groups.values()].filter(({ operations }) => operations.length > 0);
  }

  #describe(method, path, item) {
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    return {
      ...operation,
      method,
      path,
      id: `${method}${path.replaceAll(/[^a-z]+/g, "-")}`,
      parameters: parameters.map((parameter) => this.resolve(parameter)),
      body: this.resolve(operation.requestBody).content ?? {},
      isBodyRequired: Boolean(operation.requestBody?.required),
      answers: Object.entries(operation.responses)
        .map(([status, answer]) => ({ status, ...this.resolve(answer) }))
        .sort((one, other) => one.status - other.status),
      access: this.#describeAccess(operation),
    };
  }

  /** The least that a key must be good for; empty where everybody may, null where nobody is asked. */
  #describeAccess({ security = this.document.security }) {
    return security ? (security.flatMap((way) => way.bearer ?? [])[0] ?? "") : null;
  }

  /** The schemas that a schema is put together from, itself included: its members are theirs. */
  #parts(schema) {
    const found = this.resolve(schema);
    return [found, ...(found.allOf ?? []).flatMap((part) => this.#parts(part))];
  }

  /** What stands for a schema that may also be null, or in a list. */
  unwrap(schema) {
    const found = this.resolve(schema);
    const real = (found.anyOf ?? []).filter((part) => part.$ref);
    return found.properties || real.length !== 1 ? found : this.resolve(real[0]);
  }

  /** `[{ name, schema, isRequired }]` of an object's members; those of a list's items. */
  listMembers(schema) {
    const whole = this.unwrap(schema);
    const found = whole.items ? this.unwrap(whole.items) : whole;
    return this.#parts(found).flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties).map(([name, member]) => ({
        name,
        schema: member,
        isRequired: required.includes(name),
      })),
    );
  }

  /** "string, date-time", "integer or null", "list of objects". */
  nameKind(schema) {
    const found = this.resolve(schema);
    if (found.items) {
      return `list of ${this.nameKind(found.items)}${isNullable(found) ? " or null" : ""}`;
    }
    const kinds = [found.type ?? this.unwrap(found).type ?? kindOfChoice(found)].flat();
    const real = kinds.filter((kind) => kind && kind !== "null").join(" or ");
    const format = found.format ? `, ${found.format}` : "";
    return `${real || "any"}${format}${isNullable(found) ? " or null" : ""}`;
  }

  /** What a value must be like, besides its kind. */
  describeRules(schema) {
    const found = this.resolve(schema);
    return [
      found.default !== undefined && `default ${JSON.stringify(found.default)}`,
      found.enum && `one of ${found.enum.filter((choice) => choice !== null).map(show).join(", ")}`,
      describeRange("", found.minimum, found.maximum),
      describeRange(" characters", found.minLength, found.maxLength),
      describeRange(" items", found.minItems, found.maxItems),
      found.pattern?.length <= LONGEST_PATTERN && `matches ${found.pattern}`,
    ]
      .filter(Boolean)
      .join("; ");
  }
}

const show = (choice) => (typeof choice === "string" ? JSON.stringify(choice) : String(choice));

const isNullable = ({ type, anyOf = [] }) =>
  [type].flat().includes("null") || anyOf.some((part) => part.type === "null");

const kindOfChoice = ({ enum: choices = [] }) => typeof choices.find((choice) => choice !== null);

function describeRange(unit, low, high) {
  if (low === undefined && high === undefined) {
    return "";
  }
  if (low === undefined || high === undefined) {
    return low === undefined ? `at most ${high}${unit}` : `at least ${low}${unit}`;
  }
  return low === high ? `exactly ${low}${unit}` : `${low} to ${high}${unit}`;
}
