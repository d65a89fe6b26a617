const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * Tries until it succeeds, waiting longer each time, with jitter so that copies don't march in step.
 *
 * @returns undefined when it was aborted meanwhile.
 */
export async function untilDone<T>(
  attempt: () => Promise<T>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<T | undefined> {
  for (let waitMs = FIRST_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      onFailure(error);
      await pause(waitMs * (0.5 + Math.random() / 2), signal);
    }
  }
  return undefined;
}

/** Waits, or returns at once when aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
