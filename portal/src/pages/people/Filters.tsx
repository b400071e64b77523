import type { Connection } from '../../app/connections';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { useCommon } from '../../words/common';
import { usePeople } from '../../words/people';
import type { Filter } from './filter';

interface Props {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly connections: readonly Connection[];
}

/** By name or id, and by connection where there are several. */
export function Filters({ filter, onChange, connections }: Props) {
  const t = useCommon();
  const w = usePeople();
  return (
    <search class="people-filters form-columns no-print">
      <TextField
        type="search"
        label={w('find')}
        hint={w('find.hint')}
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      {connections.length > 1 && (
        <Select
          label={t('connection')}
          value={filter.connection}
          options={[
            { value: '', label: w('connection.all') },
            ...connections.map(({ id, fhir_base, environment }) => ({
              value: id,
              label: `${fhir_base} · ${t(`environment.${environment}`)}`,
            })),
          ]}
          onChange={(connection) => onChange({ ...filter, connection })}
        />
      )}
    </search>
  );
}
