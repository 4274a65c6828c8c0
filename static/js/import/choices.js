/** A question of the server that has a few answers: how a file is separated, how prices are written. */
import { clone, fill, find } from "../dom.js";
import { formatCount } from "../format.js";
import { DELIMITERS, listHeaders } from "./wording.js";

const DECIMALS = { ".": "The point is the decimal mark", ",": "The comma is the decimal mark" };
const EXAMPLES = 3;
const AMOUNT = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 });

/** A button for each answer to the problem; none when it is not that kind of question. */
export function buildChoices(problem, onChoice) {
  return listAnswers(problem).map(({ answer, title, detail = "", samples = [] }) => {
    const button = clone("choice");
    fill(button, { title, detail });
    find(".choice-samples", button).append(...samples.map(buildSample));
    button.addEventListener("click", () => onChoice(answer));
    return button;
  });
}

/** One line of the file, as this answer would have it read. */
function buildSample(text) {
  const line = clone("choice-sample");
  line.textContent = text;
  return line;
}

function listAnswers(problem) {
  switch (problem?.type) {
    case "/problems/ambiguous-delimiter":
      return (problem.candidates ?? []).map(describeDelimiter);
    case "/problems/ambiguous-decimal":
      return Object.keys(DECIMALS).map((decimal) => describeDecimal(decimal, problem.examples ?? []));
    default:
      return (problem?.answers ?? []).map(describeAnswer);
  }
}

/** A question of the newer kind brings its answers with it. */
const describeAnswer = ({ label, options, samples }) => ({ answer: options, title: label, samples });

function describeDelimiter({ delimiter, header }) {
  const name = DELIMITERS[delimiter] ?? `“${delimiter}”`;
  return {
    answer: { delimiter },
    title: `Separated by ${name}`,
    detail: `${formatCount(header.length, "column")}: ${listHeaders(header, " · ")}`,
  };
}

function describeDecimal(decimal, examples) {
  const readings = examples.slice(0, EXAMPLES).map((text) => `${text} is ${readPrice(text, decimal)}`);
  return { answer: { decimal }, title: DECIMALS[decimal], detail: readings.join(" · ") };
}

/** An example as it would be read, in the visitor's own notation; what is no number stays. */
function readPrice(text, decimal) {
  const digits = text.replace(/[^\d.,-]/g, "").replaceAll(decimal === "." ? "," : ".", "");
  const plain = digits.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? AMOUNT.format(plain) : text;
}
