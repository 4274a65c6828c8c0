/** The tables of the status page. */
import { clone, fill, fillTime, find } from "../dom.js";
import { formatBytes, formatCount, formatDuration, formatNumber } from "../format.js";
import { placeItems } from "../list.js";
import { drawRoom } from "./charts.js";
import {
  countSeconds,
  describeAge,
  describeSubject,
  describeWork,
  labelKind,
  labelVersion,
  linkFailure,
} from "./wording.js";

/** A table is shown without being asked for if it takes up so much of what the largest one does. */
const SHOWN_SHARE = 0.005;
const sizeOf = ({ data_bytes: data, index_bytes: index }) => data + index;

/** The links of a row lead somewhere, or nowhere. */
function link(anchor, address) {
  if (address) {
    anchor.href = address;
  } else {
    anchor.removeAttribute("href");
  }
}

export function placeQueues({ queues, at }) {
  const items = (queues ?? []).map((queue) => ({ ...queue, id: queue.name }));
  placeItems(find("#queues"), items, "queue", (row, queue) => {
    const seconds = countSeconds(queue.oldest_at, at);
    fill(row, {
      name: queue.name,
      waiting: formatNumber(queue.waiting),
      age: seconds === null ? "–" : formatDuration(Math.round(seconds)),
      running: formatNumber(queue.running),
      failed: formatNumber(queue.failed),
    });
    const failed = find("[data-slot=failed]", row);
    failed.classList.toggle("is-zero", queue.failed === 0);
    link(failed, queue.failed ? `/rq/0/view/jobs/${queue.name}/failed/8/asc/1` : null);
  });
}

export function placeWorkers({ workers, at }) {
  const items = (workers ?? []).map((worker) => ({ ...worker, id: worker.name }));
  find("#workers-table").hidden = items.length === 0;
  find("#no-workers").hidden = items.length > 0;
  placeItems(find("#workers"), items, "worker", (row, worker) => {
    const { words, link: address } = describeWork(worker);
    const since = worker.job?.started_at ?? worker.started_at;
    fill(row, {
      queue: worker.queue,
      place: `${worker.host}, process ${worker.pid ?? "–"}`,
      work: words,
      since: worker.job ? `began ${describeAge(since, at)}` : `started ${describeAge(since, at)}`,
      seen: describeAge(worker.seen_at, at),
    });
    link(find("a", row), address);
  });
}

export function placeFailures({ failures }) {
  const items = failures.map((failure) => ({
    ...failure,
    key: failure.id,
    id: `${failure.kind} ${failure.id} ${failure.at}`,
  }));
  find("#failures-table").hidden = items.length === 0;
  find("#no-failures").hidden = items.length > 0;
  placeItems(find("#failures"), items, "failure", (row, failure) => {
    fill(row, {
      kind: labelKind(failure.kind),
      subject: describeSubject(failure),
      detail: failure.detail,
    });
    fillTime(find("time", row), failure.at);
    link(find("a", row), linkFailure({ ...failure, id: failure.key }));
  });
}

export function placeTables({ tables, server }) {
  const all = tables ?? [];
  const largest = Math.max(1, ...all.map(sizeOf));
  const fillTable = (row, table) => {
    const size = formatBytes(sizeOf(table));
    fill(row, { name: table.name, rows: formatNumber(table.rows), size });
    const label = `${formatBytes(table.data_bytes)} of data, ${formatBytes(table.index_bytes)} of indexes`;
    find(".bar-place", row).replaceChildren(drawRoom(table, largest, label));
  };
  const items = all.map((table) => ({ ...table, id: table.name }));
  const isSmall = (table) => sizeOf(table) < largest * SHOWN_SHARE;
  const small = items.filter(isSmall);
  placeItems(find("#tables"), items.filter((table) => !isSmall(table)), "table", fillTable);
  placeItems(find("#small-tables"), small, "table", fillTable);
  const isOpen = !find("#small-tables").hidden;
  const together = formatBytes(small.reduce((sum, table) => sum + sizeOf(table), 0));
  find("#show-small").textContent =
    `${isOpen ? "Hide" : "Show"} ${formatCount(small.length, "smaller table")}, ${together} together`;
  find("#show-small").parentElement.hidden = small.length === 0;
  find("#database").textContent = server
    ? `${formatBytes(server.bytes)} in all; ${formatNumber(server.connections)} of ` +
      `${formatNumber(server.max_connections)} connections in use`
    : "The database does not tell.";
}

export function placeVersions({ versions }) {
  const known = Object.entries(versions).map(([name, version]) => {
    const entry = clone("version");
    fill(entry, { name: labelVersion(name), version: version ?? "–" });
    return entry;
  });
  find("#versions").replaceChildren(...known);
}
