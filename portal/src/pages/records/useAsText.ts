// All records as one text, for a mail or a ticket.
import type { Connection } from '../../app/connections';
import { useCommon } from '../../words/common';
import { useRecords } from '../../words/records';
import { fieldsOf, type IntegrationRecord, isName } from './records';

/** Writes them in the language spoken: connection, then each record with its version and fields. */
export function useAsText(): (connection: Connection, records: readonly IntegrationRecord[]) => string {
  const t = useCommon();
  const w = useRecords();
  return ({ fhir_base, environment }, records) => {
    const parts = records.map((record) => {
      const { name, version } = record;
      const title = `${isName(name) ? w(`name.${name}`) : name} · ${w('version', { version })}`;
      const fields = fieldsOf(record).map((field) => `${w(`field.${field.name}`)}: ${field.value || '-'}`);
      return [title, ...fields].join('\n');
    });
    return [`${fhir_base} · ${t(`environment.${environment}`)}`, ...parts].join('\n\n');
  };
}
