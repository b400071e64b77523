// What is typed, against what is saved. Pure.
import type { Connection } from '../../app/connections';
import { flat, mergeTemplates, templateChanges } from './templates';

export type Rules = Connection['sms'];
export type Field = keyof Rules;
export type Setter = (change: Partial<Rules>) => void;

export const MOST_REMINDERS = 10;
export const MOST_MINUTES = 7 * 1440;
export const MOST_LETTERS = 40;

export const FIELDS: readonly Field[] = [
  'enabled',
  'sender',
  'organisation',
  'confirmations',
  'reminders',
  'language',
  'region',
  'landlines',
  'quiet_hours',
  'templates',
  'gateway',
];

/** In any order they mean the same. */
const plain = (rules: Rules, field: Field) => {
  const value = field === 'templates' ? [...flat(rules.templates)].map(String) : rules[field];
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
};

export const changed = (before: Rules, now: Rules): Field[] =>
  FIELDS.filter((field) => plain(before, field) !== plain(now, field));

export const sameRules = (one: Rules, other: Rules): boolean => changed(one, other).length === 0;

/** Only these fields of the rules. */
export const pick = (rules: Rules, fields: readonly Field[]): Partial<Rules> =>
  Object.fromEntries(fields.map((field) => [field, rules[field]]));

/** The change that makes `before` what is typed. */
export function change(before: Rules, now: Rules): Partial<Rules> {
  const fields = changed(before, now);
  const templates = templateChanges(before.templates, now.templates);
  return { ...pick(now, fields), ...(fields.includes('templates') && { templates }) };
}

export interface Merged {
  readonly rules: Rules;
  /** What both have changed, differently: what was typed here stays. */
  readonly both: readonly Field[];
}

/** What was typed on top of what someone else has saved meanwhile. */
export function merge(before: Rules, mine: Rules, theirs: Rules): Merged {
  const my = changed(before, mine);
  const both = changed(before, theirs).filter((field) => my.includes(field) && changed(mine, theirs).includes(field));
  const templates = mergeTemplates(before.templates, mine.templates, theirs.templates);
  return { rules: { ...theirs, ...pick(mine, my), templates }, both };
}

/** What texts need and is not there yet. */
export function missing(rules: Rules, zone: string, consented: boolean | undefined): readonly Need[] {
  const needs: Need[] = [];
  if (consented === false) needs.push('consents');
  if (!rules.sender) needs.push('sender');
  if (!rules.organisation.trim()) needs.push('organisation');
  if (!zone) needs.push('zone');
  return needs;
}
export type Need = 'consents' | 'sender' | 'organisation' | 'zone';

/** What can be seen to be wrong without asking the API: the name of a word for each field. */
export function faults(rules: Rules): Partial<Record<Field, 'quiet_hours.empty' | 'quiet_hours.same'>> {
  const quiet = rules.quiet_hours;
  if (!quiet) return {};
  if (!quiet.start || !quiet.end) return { quiet_hours: 'quiet_hours.empty' };
  return quiet.start === quiet.end ? { quiet_hours: 'quiet_hours.same' } : {};
}
