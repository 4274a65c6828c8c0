/** Rows, messages and requests over the last hour or day. */
import { clone, fill, find } from "../dom.js";
import { formatCount, formatNumber } from "../format.js";
import { drawBars } from "./charts.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const FROM = { 60: "1 hour ago", 900: "24 hours ago" };
const EACH = { 60: "a minute", 900: "a quarter of an hour" };

/** What is drawn: what counts as done, what as gone wrong, and how that is called. */
const CHARTS = [
  { label: "Rows imported", noun: "row", well: ({ rows }) => rows },
  {
    label: "Messages to webhooks",
    noun: "message",
    well: ({ delivered }) => delivered,
    badly: ({ undelivered }) => undelivered,
    fault: "not delivered",
  },
  {
    label: "Requests answered",
    noun: "request",
    well: ({ requests, server_errors: errors }) =>
      requests?.map((count, index) => count - errors[index]),
    badly: ({ server_errors: errors }) => errors,
    fault: "failed",
  },
];

const add = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/** Shows the charts of one series in `place`; what cannot be told is a dash. */
export function placeCharts(place, series) {
  if (place.children.length === 0) {
    place.append(...CHARTS.map(() => clone("chart")));
  }
  CHARTS.forEach((chart, index) => fillChart(place.children[index], chart, series));
}

function fillChart(figure, { label, noun, well, badly, fault }, series) {
  const done = well(series);
  const none = Array.from({ length: done?.length ?? 0 }, () => 0);
  const wrong = badly?.(series) ?? none;
  const sums = (done ?? []).map((count, index) => count + wrong[index]);
  const mistakes = add(wrong);
  fill(figure, {
    label,
    total: done ? formatNumber(add(sums)) : "–",
    more: mistakes > 0 ? `${formatNumber(mistakes)} ${fault}` : "",
    from: FROM[series.step_seconds],
    peak: done ? `at most ${formatNumber(Math.max(0, ...sums))} ${EACH[series.step_seconds]}` : "",
  });
  // Drawn anew only where it has changed, so that what is pointed at stays.
  const state = JSON.stringify([done, wrong, series.until]);
  if (figure.dataset.state !== state) {
    figure.dataset.state = state;
    const describe = (index) =>
      `${tellTime(series, sums.length, index)}: ${formatCount(sums[index], noun)}` +
      (wrong[index] ? `, ${formatNumber(wrong[index])} ${fault}` : "");
    const picture = drawBars(done ?? [], wrong, { label: `${label} over time`, describe });
    find(".chart-place", figure).replaceChildren(picture);
  }
}

function tellTime({ until, step_seconds: step }, length, index) {
  return CLOCK.format(new Date(new Date(until) - (length - index) * step * 1000));
}
