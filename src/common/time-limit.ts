/** What is there in place of a result that took too long. */
export const LATE = Symbol('late');

/** What the promise gives, or LATE when it takes longer; the promise is not stopped by that. */
export async function within<T>(
  timeoutMs: number,
  promise: PromiseLike<T>,
): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, LATE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
