/**
 * Asks again and again until an answer is final: the only timer that polls.
 *
 * The next question waits for the last answer, so a slow server is never asked
 * twice at once. A hidden page asks seldom and at once when it is shown again;
 * a lost connection is retried with growing pauses, for as long as it takes.
 */
import { ConnectionError } from "./api.js";

const HIDDEN_MS = 5000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15000;

/**
 * Calls `ask(signal)` until `isDone(answer)`, every answer going to `onAnswer`.
 *
 * `onLost(true)` when the connection goes, `onLost(false)` when it is back.
 * Resolves with the last answer; rejects with AbortError, and with any error
 * that asking again cannot mend.
 */
export async function poll(ask, { signal, interval, isDone, onAnswer, onLost }) {
  let failures = 0;
  for (;;) {
    try {
      const answer = await ask(signal);
      if (failures > 0) {
        failures = 0;
        onLost(false);
      }
      onAnswer(answer);
      if (isDone(answer)) {
        return answer;
      }
    } catch (error) {
      if (!(error instanceof ConnectionError || error.isPassing)) {
        throw error;
      }
      failures += 1;
      onLost(true);
    }
    await pause(failures ? retryPause(failures) : interval, signal);
  }
}

const retryPause = (failures) => Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);

/** Resolves after `ms`, later while the page is hidden, and at once when it is shown again. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const end = (settle, value) => {
      clearTimeout(timer);
      ended.abort();
      settle(value);
    };
    const timer = setTimeout(() => end(resolve), document.hidden ? Math.max(ms, HIDDEN_MS) : ms);
    const wake = () => document.hidden || end(resolve);
    document.addEventListener("visibilitychange", wake, { signal: ended.signal });
    signal.addEventListener("abort", () => end(reject, signal.reason), { signal: ended.signal });
    if (signal.aborted) {
      end(reject, signal.reason);
    }
  });
}
