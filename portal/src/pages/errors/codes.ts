// The codes in their order and kinds, and what trying again does. Pure; the catalogue is generated from the API's.
import catalogue from './catalogue.json';

export interface Entry {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly fix: string;
}

export const FAMILIES = [
  'everywhere',
  'request',
  'auth',
  'connection',
  'approval',
  'certificate',
  'sms',
  'numbers',
  'directory',
  'ehr',
  'launch',
  'signin',
  'link',
  'direct',
  'visit',
  'room',
  'graph',
  'hl7',
] as const;
export type Family = (typeof FAMILIES)[number];
export type Again = 'later' | 'reload' | 'gone' | 'never' | 'log';

export const ENTRIES: readonly Entry[] = Object.entries(catalogue).map(([code, rest]) => ({ code, ...rest }));

/** The kind of a code: what stands before its first point; those of one word come up anywhere. */
export function familyOf(code: string): Family {
  const first = code.split('.')[0];
  return FAMILIES.find((family) => family === first && code.includes('.')) ?? 'everywhere';
}

/** Whether trying again helps, by the HTTP status (RFC 9110); of the 409s one is about somebody else's change. */
export function again({ code, status }: Entry): Again {
  if (status === 429 || status === 503) return 'later';
  if (status === 412 || code === 'conflict') return 'reload';
  if (status === 410) return 'gone';
  return status >= 500 ? 'log' : 'never';
}

/** The pages of the documentation about a kind. */
export const PAGE_OF: Readonly<Partial<Record<Family, string>>> = {
  approval: 'admin/approve.md',
  certificate: 'hl7.md',
  connection: 'admin/connections.md',
  ehr: 'operator/alerts.md#writeback-paused',
  graph: 'operator.md#validationtokens-null',
  hl7: 'hl7.md',
  launch: 'diagnosis.md',
  link: 'security/links.md',
  numbers: 'operator.md#phone-numbers',
  request: 'api.md',
  room: 'operator.md#before-the-first-visit',
  sms: 'admin/sms.md',
  visit: 'clinician.md',
};

/** The entries in which every word occurs, in the code or in the sentences. */
export function fitting(entries: readonly Entry[], words: string): readonly Entry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ code, detail, fix }) => {
    const text = `${code} ${detail} ${fix}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
