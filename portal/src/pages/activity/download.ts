// The trail as a file. The API makes the CSV: all entries of the range, in UTC, with ids that do not change.
import { ask } from '../../api/client';
import { dayOf } from '../../app/days';
import { api } from '../../session/session';
import { saveFile } from '../../ui/saveFile';
import { daysOf, type Filter, queryOf } from './filter';

/** `visitbridge-activity-2026-10-25-2026-11-23.csv` */
export function fileName(filter: Filter, now: Date): string {
  const [from, to] = daysOf(filter, now);
  return `${['visitbridge-activity', from, to || dayOf(now)].filter(Boolean).join('-')}.csv`;
}

/** Gets the file and hands it to the browser. Throws Problem. */
export async function downloadCsv(filter: Filter, now: Date): Promise<void> {
  const options = { params: { query: queryOf(filter, now) }, headers: { Accept: 'text/csv' } };
  saveFile(await ask(api().GET('/audit', { ...options, parseAs: 'blob' })), fileName(filter, now));
}
