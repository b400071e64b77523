// Fields of a connection by the names that people know them by.
import type { Connection } from '../../app/connections';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { useFormat } from '../../words/format';
import type { Field } from './entries';

const NAMES = {
  fhir_base: 'url.label',
  environment: 'environment.label',
  zone: 'zone.label',
  approver: 'approver.label',
  client_ids: 'clients.title',
  organizers: 'pool.title',
  room: 'room.title',
  writeback: 'writeback.label',
  assertion: 'assertion.label',
  endpoints: 'field.endpoints',
  state: 'field.state',
  sms: 'column.sms',
  certificates: 'field.certificates',
  decision: 'field.decision',
} as const;

export interface FieldWords {
  /** A field of the API, or a part of one: `client_ids.provider` is called like `client_ids`. */
  name(field: string): string;
  /** Several, each once: "A, B and C". */
  listed(fields: readonly string[]): string;
  /** What a field is now, where a word or two says it. */
  value(field: string, connection: Connection): string;
}

export function useFieldWords(): FieldWords {
  const t = useCommon();
  const w = useConnections();
  const format = useFormat();
  const name = (field: string) => {
    const whole = (field.split('.', 1)[0] ?? '') as keyof typeof NAMES;
    return whole in NAMES ? w(NAMES[whole]) : field;
  };
  return {
    name,
    listed: (fields) => format.list([...new Set(fields.map(name))]),
    value(field, connection) {
      const { fhir_base, environment, zone, approver, assertion, state } = connection;
      const values: Partial<Record<Field | 'state', string>> = {
        ...{ fhir_base, zone, assertion },
        environment: t(`environment.${environment}`),
        approver: approver?.name ?? w('none'),
        state: t(`state.${state}`),
      };
      return values[field as Field | 'state'] ?? '';
    },
  };
}
