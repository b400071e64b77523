// What an approval covers, in groups and words; and what is different from before.
import type { Schema } from '../../api/client';
import type { Connection } from '../../app/connections';
import { useNames } from '../../app/names';
import { useApprove } from '../../words/approve';
import { useCommon } from '../../words/common';

export type Approval = Schema<'ApprovalShown'>;
type Change = Schema<'ChangeShown'>;

const GROUPS = {
  place: ['fhir_base', 'environment', 'approver'],
  clients: [
    'client_ids.provider',
    'client_ids.patient',
    'client_ids.devicetest',
    'client_ids.directsms',
    'client_ids.backend',
    'assertion',
  ],
  endpoints: ['endpoints.authorize', 'endpoints.token', 'endpoints.issuer', 'endpoints.jwks'],
} as const;

export type Group = keyof typeof GROUPS;
type Field = (typeof GROUPS)[Group][number];
const FIELDS = Object.values(GROUPS).flat() as readonly string[];
const isField = (name: string): name is Field => FIELDS.includes(name);

export interface Row {
  readonly field: string;
  /** As it is now; undefined if it is no longer there. */
  readonly value: string | undefined;
  /** Before, if it is different; empty if it was not there. */
  readonly before: string | undefined;
}

/** The rows of each group; what this portal does not know by name is among the last, so that nothing is left out. */
export function rowsOf(approval: Approval): readonly (readonly [Group, readonly Row[]])[] {
  const changes = new Map(approval.changes.map((change) => [change.field, change]));
  const names = [...new Set([...Object.keys(approval.covered), ...changes.keys()])];
  const unknown = names.filter((name) => !isField(name)).sort();
  return (Object.keys(GROUPS) as Group[])
    .map((group) => {
      const wanted: readonly string[] = group === 'endpoints' ? [...GROUPS[group], ...unknown] : GROUPS[group];
      const found = wanted.filter((name) => names.includes(name));
      return [
        group,
        found.map((field) => ({ field, value: approval.covered[field], before: changes.get(field)?.before })),
      ] as const;
    })
    .filter(([, rows]) => rows.length > 0);
}

/** What became different between two looks at a connection. */
export function differences(seen: Approval, now: Approval): Change[] {
  const names = [...new Set([...Object.keys(seen.covered), ...Object.keys(now.covered)])];
  return names
    .filter((field) => seen.covered[field] !== now.covered[field])
    .map((field) => ({ field, before: seen.covered[field] ?? '', after: now.covered[field] ?? '' }));
}

export interface FieldWords {
  name(field: string): string;
  hint(field: string): string;
  value(field: string, value: string): string;
  /** Ids, addresses: a fixed pitch. */
  isCode(field: string): boolean;
  person(oid: string): string;
}

/** Words for what a connection's approval covers; `oids` are people who are named besides the approver. */
export function useFieldWords(connection: Connection, oids: readonly string[] = []): FieldWords {
  const t = useCommon();
  const w = useApprove();
  const { approver } = connection;
  const names = useNames(oids.filter((oid) => oid !== approver?.oid));
  const person = (oid: string) => (oid === approver?.oid ? approver.name : (names.of(oid)?.name ?? w('someone')));
  return {
    person,
    name: (field) => (isField(field) ? w(`field.${field}`) : field),
    hint(field) {
      const hints: Partial<Record<string, string>> = {
        fhir_base: w('field.fhir_base.hint'),
        environment: w('field.environment.hint'),
        assertion: w('field.assertion.hint'),
      };
      return hints[field] ?? '';
    },
    value(field, value) {
      if (field === 'environment' && (value === 'testing' || value === 'production')) return t(`environment.${value}`);
      return field === 'approver' && value ? person(value) : value;
    },
    isCode: (field) => field !== 'environment' && field !== 'approver',
  };
}
