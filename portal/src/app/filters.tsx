// What several pages choose by: a range of days, and a connection.
import type { Connection } from '../app/connections';
import { Select } from '../ui/Select';
import { TextField } from '../ui/TextField';
import { useCommon } from '../words/common';
import { dayOf } from './days';

interface RangeProps<Range extends string> {
  readonly value: Range | 'own';
  readonly options: readonly (Range | 'own')[];
  readonly from: string;
  readonly to: string;
  /** Of the area that the words are of. */
  readonly say: (key: 'range' | 'from' | 'to' | `range.${Range | 'own'}`) => string;
  /** What is wrong with a range of one's own. */
  readonly error?: string | undefined;
  readonly onRange: (range: Range | 'own') => void;
  readonly onDays: (days: { from?: string; to?: string }) => void;
}

/** A range by its name, or from one day to another. */
export function RangeFields<Range extends string>(props: RangeProps<Range>) {
  const { value, options, from, to, say, error, onRange, onDays } = props;
  return (
    <>
      <Select
        label={say('range')}
        value={value}
        options={options.map((each) => ({ value: each, label: say(`range.${each}`) }))}
        onChange={onRange}
      />
      {value === 'own' && (
        <>
          <TextField
            type="date"
            label={say('from')}
            value={from}
            max={dayOf(new Date())}
            onChange={(day) => onDays({ from: day })}
          />
          <TextField type="date" label={say('to')} value={to} error={error} onChange={(day) => onDays({ to: day })} />
        </>
      )}
    </>
  );
}

interface ConnectionProps {
  /** Its id; empty for all. */
  readonly value: string;
  readonly connections: readonly Pick<Connection, 'id' | 'fhir_base' | 'environment'>[];
  /** What stands before the id of one that there is not any more. */
  readonly gone?: string;
  readonly onChange: (id: string) => void;
}

/** One connection or all. */
export function ConnectionSelect({ value, connections, gone, onChange }: ConnectionProps) {
  const t = useCommon();
  const missing = value && !connections.some(({ id }) => id === value);
  return (
    <Select
      label={t('connection')}
      value={value}
      options={[
        { value: '', label: t('connection.all') },
        ...connections.map(({ id, fhir_base, environment }) => ({
          value: id,
          label: `${fhir_base} · ${t(`environment.${environment}`)}`,
        })),
        ...(missing ? [{ value, label: gone ? `${gone} · ${value}` : value }] : []),
      ]}
      onChange={onChange}
    />
  );
}
