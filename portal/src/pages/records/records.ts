// The records as the API gives them: which belong together, what their fields are called, all of them as text.
import { ask, type Schema } from '../../api/client';
import type { Connection } from '../../app/connections';
import { api } from '../../session/session';

export type IntegrationRecord = Schema<'RecordShown'>;
export type Drift = Schema<'DriftShown'>;
export type Records = Schema<'RecordList'>;

/** What is shown together, in this order. */
export const GROUPS = {
  single: ['provider', 'patient'],
  group: ['group-provider', 'group-patient'],
  texts: ['direct-sms', 'sms-configuration'],
  device: ['device-test'],
} as const;
export type Group = keyof typeof GROUPS;

export const NAMES = [
  'provider',
  'patient',
  'group-provider',
  'group-patient',
  'direct-sms',
  'device-test',
  'sms-configuration',
] as const;
export type Name = (typeof NAMES)[number];

/** Whether this portal has words for a record of this name. */
export const isName = (name: string): name is Name => (NAMES as readonly string[]).includes(name);

export function inGroup(group: Group, records: readonly IntegrationRecord[]): IntegrationRecord[] {
  const names: readonly string[] = GROUPS[group];
  return records.filter(({ name }) => names.includes(name));
}

export type FieldName = 'launch_url' | 'client_id' | 'context' | 'feed_url' | 'connection_id' | 'thumbprint';
export interface Field {
  readonly name: FieldName;
  readonly value: string;
}

/** What is to be copied of a record. That of the feed has other things in the same places. */
export function fieldsOf({ name, launch_url, client_id, context }: IntegrationRecord): Field[] {
  if (name !== 'sms-configuration')
    return [
      { name: 'launch_url', value: launch_url },
      { name: 'client_id', value: client_id },
      { name: 'context', value: context },
    ];
  const thumbprints = context.split(' ').filter(Boolean);
  return [
    { name: 'feed_url', value: launch_url },
    { name: 'connection_id', value: client_id },
    ...(thumbprints.length ? thumbprints : ['']).map((value) => ({ name: 'thumbprint' as const, value })),
  ];
}

/** The id of a record's heading, for links. */
export const headingOf = (name: string): string => `record-${name}`;

/** Nothing but the version's mark is missing: it works, it only cannot be compared. */
export const isOutdated = ({ differs }: Drift): boolean => differs.length === 1 && differs[0] === 'version';

const path = (id: string) => ({ params: { path: { id } } });

export async function loadRecords(id: string, signal: AbortSignal): Promise<Records> {
  // The route has CSV too, for who asks for it.
  return (await ask(api().GET('/connections/{id}/records', { ...path(id), signal }))) as Records;
}

export function loadCsv(id: string): Promise<Blob> {
  const options = { ...path(id), headers: { Accept: 'text/csv' }, parseAs: 'blob' as const };
  return ask(api().GET('/connections/{id}/records', options));
}

/** `visitbridge-records-testing-fhir.hospital.example.csv` */
export const fileName = ({ fhir_base, environment }: Connection): string =>
  `visitbridge-records-${environment}-${new URL(fhir_base).hostname}.csv`;
