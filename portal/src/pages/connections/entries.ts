// What the form holds, and what of it goes to the API. Pure.
import type { Schema } from '../../api/client';
import type { Connection } from '../../app/connections';

export const AUDIENCES = ['provider', 'patient', 'devicetest', 'directsms', 'backend'] as const;
export const STATUSES = ['waiting', 'connected', 'disconnected'] as const;
export const ID_TYPES = ['provider', 'patient'] as const;
/** What an appointment of Oracle Health may become; the first is for leaving it out. */
export const ARRIVALS = { waiting: ['', 'arrived'], connected: ['arrived', 'checked-in'] } as const;
export const LOBBIES = ['invited', 'organizer', 'organization'] as const;
export const CHATS = ['limited', 'enabled', 'disabled'] as const;
/** What is offered; the API takes any number of minutes up to the last. */
export const EARLY = [0, 10, 15, 30, 60, 120, 1440] as const;
export const LATE = [0, 30, 60, 120, 240] as const;
export const ASSERTIONS = ['ES384', 'RS384'] as const;

export type Audience = (typeof AUDIENCES)[number];
export type Change = Schema<'ConnectionChange'>;
type Values<Name extends string> = Readonly<Partial<Record<Name, string>>>;

export interface Entries {
  readonly fhir_base: string;
  readonly environment: Connection['environment'];
  readonly zone: string;
  readonly approver: { readonly oid: string; readonly name: string } | null;
  readonly client_ids: Values<Audience>;
  readonly organizers: readonly string[];
  readonly room: {
    readonly lobby: (typeof LOBBIES)[number];
    readonly chat: (typeof CHATS)[number];
    readonly recording: boolean;
    readonly visit_page: boolean;
    /** Minutes before the start from which patients may come in; null: at any time. */
    readonly early_minutes: number | null;
    /** Minutes after the end until which they may. */
    readonly late_minutes: number;
  };
  readonly assertion: (typeof ASSERTIONS)[number];
  readonly writeback: {
    readonly kind: 'none' | 'epic-2018' | 'oracle-health';
    readonly statuses: Values<(typeof STATUSES)[number]>;
    readonly id_types: Values<(typeof ID_TYPES)[number]>;
  };
}

export type Field = keyof Entries;

export const FIELDS: readonly Field[] = [
  'fhir_base',
  'environment',
  'zone',
  'approver',
  'client_ids',
  'organizers',
  'room',
  'writeback',
  'assertion',
];

/** What an approval covers: a change of it takes the connection out of service until it is approved again. */
const COVERED: readonly Field[] = ['fhir_base', 'environment', 'approver', 'client_ids', 'assertion'];

/** A form for a new connection, where the browser is. */
export function emptyEntries(zone: string): Entries {
  return {
    fhir_base: '',
    environment: 'testing',
    zone,
    approver: null,
    client_ids: {},
    organizers: [],
    room: {
      lobby: 'invited',
      chat: 'limited',
      recording: false,
      visit_page: false,
      early_minutes: 30,
      late_minutes: 120,
    },
    assertion: 'ES384',
    writeback: { kind: 'none', statuses: {}, id_types: {} },
  };
}

/** A form for a connection as it stands. */
export function entriesOf(connection: Connection): Entries {
  const { fhir_base, environment, zone, approver, client_ids, organizers } = connection;
  return {
    ...{ fhir_base, environment, zone, approver, client_ids, organizers },
    // The API shows as text what it takes as one of a few.
    room: connection.room as Entries['room'],
    assertion: connection.assertion as Entries['assertion'],
    writeback: connection.writeback as Entries['writeback'],
  };
}

/** A form for a copy: what belongs to the one environment stays behind. */
export function copyOf(connection: Connection): Entries {
  return { ...entriesOf(connection), fhir_base: '', environment: 'production', client_ids: {} };
}

const trimmed = <T extends string>(values: Values<T>): [string, string][] =>
  Object.entries<string | undefined>(values)
    .map(([name, value]): [string, string] => [name, (value ?? '').trim()])
    .filter(([, value]) => value)
    .sort(([one], [other]) => one.localeCompare(other));

/** A field as it is compared: what the API would keep of it. */
function kept(entries: Entries, field: Field): unknown {
  const { fhir_base, approver, client_ids, organizers, writeback } = entries;
  if (field === 'fhir_base') return fhir_base.trim().replace(/\/$/, '');
  if (field === 'approver') return approver?.oid ?? null;
  if (field === 'client_ids') return trimmed(client_ids);
  if (field === 'organizers') return [...organizers].sort();
  if (field === 'writeback') return [writeback.kind, trimmed(writeback.statuses), trimmed(writeback.id_types)];
  if (field === 'room') {
    const { lobby, chat, recording, visit_page, early_minutes, late_minutes } = entries.room;
    return [lobby, chat, recording, visit_page, early_minutes, late_minutes];
  }
  return entries[field];
}

/** The fields in which two forms differ. */
export const changedFields = (before: Entries, after: Entries): Field[] =>
  FIELDS.filter((field) => JSON.stringify(kept(before, field)) !== JSON.stringify(kept(after, field)));

/** Those of them that an approval covers. */
export const coveredOf = (fields: readonly Field[]): Field[] => fields.filter((field) => COVERED.includes(field));

/** What was typed, on top of what somebody else has saved meanwhile. */
export function onTopOf(newest: Entries, before: Entries, typed: Entries): Entries {
  const mine = changedFields(before, typed);
  return { ...newest, ...Object.fromEntries(mine.map((field) => [field, typed[field]])) };
}

/** The body that carries these fields. */
export function bodyOf(entries: Entries, fields: readonly Field[]): Change {
  const { writeback } = entries;
  const whole: Required<Omit<Change, 'state'>> = {
    fhir_base: entries.fhir_base.trim(),
    environment: entries.environment,
    zone: entries.zone,
    approver: entries.approver,
    client_ids: Object.fromEntries(trimmed(entries.client_ids)),
    organizers: [...entries.organizers],
    room: entries.room,
    assertion: entries.assertion,
    writeback: {
      kind: writeback.kind,
      statuses: Object.fromEntries(trimmed(writeback.statuses)),
      id_types: Object.fromEntries(trimmed(writeback.id_types)),
    },
  };
  return Object.fromEntries(fields.map((field) => [field, whole[field]]));
}

const CLIENT_ID = /^[A-Za-z0-9._~-]{0,100}$/;

/** What is wrong before the API is asked; the words are the form's. */
export type Wrong = Partial<Record<Field, 'missing' | 'client_id'>>;

/** `whole`: approval is to be asked for, so nothing may be missing. A time zone can be changed, not taken away. */
export function wrongOf(before: Entries, entries: Entries, whole: boolean): Wrong {
  const wrong: Wrong = {};
  if (!entries.fhir_base.trim()) wrong.fhir_base = 'missing';
  if ((whole || before.zone) && !entries.zone) wrong.zone = 'missing';
  if (whole && !entries.approver) wrong.approver = 'missing';
  if (!trimmed(entries.client_ids).every(([, value]) => CLIENT_ID.test(value))) wrong.client_ids = 'client_id';
  return wrong;
}
