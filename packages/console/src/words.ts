import { ApiError } from '@nuvem/client';
import { toast } from '@nuvem/page-kit/toast.js';

/** Does what a button says, and says in passing what came of it. */
export async function attempt(work: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await work();
    toast(done);
  } catch (error) {
    toast(error instanceof ApiError ? error.message : 'The API does not answer.');
  }
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DATE_AND_TIME = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** A time of the API's; with its day, where that is another. */
export function timeOf(iso: string): string {
  const time = new Date(iso);
  const isToday = time.toDateString() === new Date().toDateString();
  return (isToday ? TIME : DATE_AND_TIME).format(time);
}
