// Which visits the reports are about. It stands in the address, so that a reload, a bookmark or a colleague sees the
// same; an appointment number never does.
import { dayOf, readDay } from '../../app/days';

export const RANGES = ['7', '30', '90', 'own'] as const;
export type Range = (typeof RANGES)[number];
export const STEPS = ['day', 'week', 'month'] as const;
export type Step = (typeof STEPS)[number];

export interface Filter {
  readonly range: Range;
  /** Days, both included: 2026-11-24. Only with the range `own`. */
  readonly from: string;
  readonly to: string;
  readonly by: Step;
  /** A connection's id; empty: all. */
  readonly connection: string;
  /** As the EHR names it; empty: all; `NONE`: visits for which it names none. */
  readonly department: string;
}

/** No department's name: names have no control characters. */
export const NONE = '\n';

export const USUAL: Filter = { range: '30', from: '', to: '', by: 'day', connection: '', department: '' };
/** As many days as the API reports on at once. */
const MOST_DAYS = 366;

/** The filter of an address; what makes no sense is left out. */
export function readFilter(search: string): Filter {
  const asked = new URLSearchParams(search);
  const range = RANGES.find((one) => one === asked.get('range')) ?? USUAL.range;
  const connection = asked.get('connection') ?? '';
  const department = asked.get('department') ?? '';
  return {
    range,
    from: range === 'own' ? readDay(asked.get('from')) : '',
    to: range === 'own' ? readDay(asked.get('to')) : '',
    by: STEPS.find((one) => one === asked.get('by')) ?? USUAL.by,
    connection: /^[a-z0-9]{1,40}$/.test(connection) ? connection : '',
    department: asked.has('without_department') ? NONE : department.length > 64 ? '' : department,
  };
}

/** The address's part for a filter; what is as usual is left out. */
export function writeFilter(filter: Filter): string {
  const said = Object.entries(filter)
    .filter(([name, value]) => value !== USUAL[name as keyof Filter])
    .map(([name, value]) => (value === NONE ? ['without_department', 'true'] : [name, value]));
  return said.length ? `?${new URLSearchParams(said)}` : '';
}

/** The first and the last day of the filter, both included. */
export function daysOf(filter: Filter, now: Date): [string, string] {
  if (filter.range === 'own') return [filter.from, filter.to];
  return [dayOf(now, Number(filter.range) - 1), dayOf(now)];
}

export type Impossible = 'missing' | 'before' | 'long';

/** Why it cannot be asked for; undefined if it can. */
export function impossible({ range, from, to }: Filter): Impossible | undefined {
  if (range !== 'own') return undefined;
  if (!from || !to) return 'missing';
  if (to < from) return 'before';
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 >= MOST_DAYS ? 'long' : undefined;
}

export interface Scope {
  readonly from: string;
  readonly to: string;
  readonly connection?: string;
  readonly department?: string;
  readonly without_department?: boolean;
}

/** What each report is asked. */
export function scopeOf(filter: Filter, [from, to]: readonly [string, string]): Scope {
  return {
    from,
    to,
    ...(filter.connection && { connection: filter.connection }),
    ...(filter.department === NONE
      ? { without_department: true }
      : filter.department && { department: filter.department }),
  };
}
