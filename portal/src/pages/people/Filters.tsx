import type { Connection } from '../../app/connections';
import { ConnectionSelect } from '../../app/filters';
import { TextField } from '../../ui/TextField';
import { usePeople } from '../../words/people';
import type { Filter } from './filter';

interface Props {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly connections: readonly Connection[];
}

/** By name or id, and by connection where there are several. */
export function Filters({ filter, onChange, connections }: Props) {
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
        <ConnectionSelect
          value={filter.connection}
          connections={connections}
          onChange={(connection) => onChange({ ...filter, connection })}
        />
      )}
    </search>
  );
}
