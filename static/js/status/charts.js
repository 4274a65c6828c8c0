/** The pictures of the status page: bars over time, and the room that a table takes. */
import { draw } from "../svg.js";

const STEP = 4;
const BAR = 3;
const HEIGHT = 72;
const LOWEST = 2;

/**
 * An SVG of one bar for each step: what went well, and on top of it what did not.
 *
 * `describe(index)` tells a bar in words, for whoever points at it; `label` tells it all.
 */
export function drawBars(well, badly, { label, describe }) {
  const sums = well.map((value, index) => value + badly[index]);
  const most = Math.max(1, ...sums);
  const scale = (value) => (value > 0 ? Math.max(LOWEST, (value / most) * HEIGHT) : 0);
  const bars = sums.map((sum, index) => {
    const x = index * STEP;
    const top = scale(badly[index]);
    const height = Math.max(scale(sum), top);
    return draw(
      "g",
      {},
      draw("title", {}, describe(index)),
      draw("rect", { "data-kind": "ground", x, y: 0, width: STEP, height: HEIGHT }),
      draw("rect", { "data-kind": "well", x, y: HEIGHT - height + top, width: BAR, height: height - top }),
      draw("rect", { "data-kind": "badly", x, y: HEIGHT - height, width: BAR, height: top }),
    );
  });
  return drawPicture(well.length * STEP, HEIGHT, label, bars);
}

/** An SVG of one table's data and indexes, against the largest table. */
export function drawRoom({ data_bytes: data, index_bytes: index }, largest, label) {
  const width = (bytes) => (bytes / largest) * 100;
  return drawPicture(100, 1, label, [
    draw("rect", { "data-kind": "data", x: 0, y: 0, width: width(data), height: 1 }),
    draw("rect", { "data-kind": "index", x: width(data), y: 0, width: width(index), height: 1 }),
  ]);
}

const drawPicture = (width, height, label, parts) =>
  draw(
    "svg",
    {
      role: "img",
      "aria-label": label,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "none",
    },
    ...parts,
  );
