// Which entries are wanted. It stands in the address, so that a reload, a bookmark or a colleague sees the same.
import type { operations } from '../../api/schema';
import { dayOf, readDay } from '../../app/days';
import { isObjectId } from '../../app/names';

export const RANGES = ['today', '7', '30', '90', 'own'] as const;
export type Range = (typeof RANGES)[number];
/** How the codes of actions begin. */
export const GROUPS = ['connection', 'sms', 'certificate', 'consent', 'number', 'clinician', 'failure'] as const;
export type Group = (typeof GROUPS)[number];

export interface Filter {
  readonly range: Range;
  /** Days, both included: 2026-11-24. Only with the range `own`. */
  readonly from: string;
  readonly to: string;
  readonly group: Group | '';
  /** Who did it: an object id. */
  readonly by: string;
  /** A connection's id, of one that is gone too. */
  readonly connection: string;
}

type Query = NonNullable<operations['audit_list']['parameters']['query']>;

export const USUAL: Filter = { range: '30', from: '', to: '', group: '', by: '', connection: '' };

/** The filter of an address; what makes no sense is left out. */
export function readFilter(search: string): Filter {
  const asked = new URLSearchParams(search);
  const range = RANGES.find((one) => one === asked.get('range')) ?? USUAL.range;
  const by = asked.get('by') ?? '';
  const connection = asked.get('connection') ?? '';
  return {
    range,
    from: range === 'own' ? readDay(asked.get('from')) : '',
    to: range === 'own' ? readDay(asked.get('to')) : '',
    group: GROUPS.find((one) => one === asked.get('group')) ?? '',
    by: isObjectId(by) ? by : '',
    connection: /^[a-z0-9]{1,40}$/.test(connection) ? connection : '',
  };
}

/** The address's part for a filter; what is as usual is left out. */
export function writeFilter(filter: Filter): string {
  const said = Object.entries(filter).filter(([name, value]) => value && value !== USUAL[name as keyof Filter]);
  return said.length ? `?${new URLSearchParams(said)}` : '';
}

/** The first and the last day of the filter; the last is empty where there is none. */
export function daysOf(filter: Filter, now: Date): [string, string] {
  if (filter.range === 'own') return [filter.from, filter.to];
  const days = filter.range === 'today' ? 1 : Number(filter.range);
  return [dayOf(now, days - 1), ''];
}

/** Whether it can be asked for: a range of one's own may end before it begins. */
export const isPossible = ({ from, to }: Filter): boolean => !from || !to || from <= to;

/** What the API is asked. Days begin at this browser's midnight. */
export function queryOf(filter: Filter, now: Date): Query {
  const [from, to] = daysOf(filter, now);
  const [year, month, date] = to.split('-').map(Number);
  return {
    ...(from && { from: new Date(`${from}T00:00`).toISOString() }),
    ...(year && month && date && { to: new Date(year, month - 1, date + 1).toISOString() }),
    ...(filter.group && { action: `${filter.group}.` }),
    ...(filter.by && { by: filter.by }),
    ...(filter.connection && { subject: filter.connection }),
  };
}
