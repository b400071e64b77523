// Tables as files. The API makes the CSV; a long list of visits comes in several files, one after another.
import { ask } from '../../api/client';
import { api } from '../../session/session';
import { saveFile } from '../../ui/saveFile';
import type { Scope, Step } from './filter';

export type Sheet =
  | { report: 'usage'; table: 'periods' | 'departments' | 'waiting' | 'allowance' }
  | { report: 'sms'; table: 'periods' | 'departments' | 'kinds' | 'reasons' }
  | { report: 'quality'; table: 'periods' | 'departments' | 'devices' | 'networks' };

/** `visitbridge-usage-periods-2026-10-25-2026-11-23.csv` */
const fileName = (parts: readonly string[], { from, to }: Scope): string =>
  `${['visitbridge', ...parts, from, to].join('-')}.csv`;

/** Gets one table and hands it to the browser. Throws Problem. */
export async function downloadSheet({ report, table }: Sheet, scope: Scope, by: Step): Promise<void> {
  const given = { headers: { Accept: 'text/csv' }, parseAs: 'blob' } as const;
  const query = { ...scope, by, format: 'csv', table } as const;
  // Each route knows its own tables only.
  const answer =
    report === 'usage'
      ? api().GET('/reports/usage', { ...given, params: { query: { ...query, table } } })
      : report === 'sms'
        ? api().GET('/reports/sms', { ...given, params: { query: { ...query, table } } })
        : api().GET('/reports/quality', { ...given, params: { query: { ...query, table } } });
  saveFile(await ask(answer), fileName([report, table], scope));
}

/** Gets every visit of the range. Throws Problem. */
export async function downloadVisits(scope: Scope): Promise<void> {
  let cursor = '';
  for (let file = 1; file === 1 || cursor; file += 1) {
    const query = { ...scope, format: 'csv', ...(cursor && { cursor }) } as const;
    const call = api().GET('/reports/visits', {
      params: { query },
      headers: { Accept: 'text/csv' },
      parseAs: 'blob',
    });
    const blob = await ask(call);
    saveFile(blob, fileName(file === 1 ? ['visits'] : ['visits', String(file)], scope));
    const following = /<\?([^>]*)>; rel="next"/.exec((await call).response.headers.get('Link') ?? '')?.[1];
    cursor = (following && new URLSearchParams(following).get('cursor')) || '';
  }
}
