import type { Schema } from '../../api/client';
import { dayOf } from '../../app/days';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { useCommon } from '../../words/common';
import { useReports } from '../../words/reports';
import { daysOf, type Filter, impossible, NONE, RANGES, type Range, STEPS } from './filter';

export type ReportConnection = Schema<'ReportConnection'>;

interface Props {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly connections: readonly ReportConnection[];
  readonly departments: readonly string[];
}

/** When, by what, which connection, which department. Each counts at once. */
export function Filters({ filter, onChange, connections, departments }: Props) {
  const t = useCommon();
  const w = useReports();
  const change = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const setRange = (range: Range) => {
    // A range of one's own begins as the one before it, to be changed from there.
    const [from, to] = range === 'own' ? daysOf(filter, new Date()) : ['', ''];
    change({ range, from, to });
  };
  const wrong = impossible(filter);
  const gone = filter.connection && !connections.some(({ id }) => id === filter.connection);
  const all = departments.map((name) => name || NONE);
  const offered = filter.department && !all.includes(filter.department) ? [...all, filter.department] : all;
  return (
    <search class="reports-filters form-columns no-print">
      <Select
        label={w('range')}
        value={filter.range}
        options={RANGES.map((value) => ({ value, label: w(`range.${value}`) }))}
        onChange={setRange}
      />
      {filter.range === 'own' && (
        <>
          <TextField
            type="date"
            label={w('from')}
            value={filter.from}
            max={dayOf(new Date())}
            onChange={(from) => change({ from })}
          />
          <TextField
            type="date"
            label={w('to')}
            value={filter.to}
            error={wrong && wrong !== 'missing' ? w(`to.${wrong}`) : undefined}
            onChange={(to) => change({ to })}
          />
        </>
      )}
      <Select
        label={w('by')}
        value={filter.by}
        options={STEPS.map((value) => ({ value, label: w(`by.${value}`) }))}
        onChange={(by) => change({ by })}
      />
      <Select
        label={t('connection')}
        value={filter.connection}
        options={[
          { value: '', label: w('connection.all') },
          ...connections.map(({ id, fhir_base, environment }) => ({
            value: id,
            label: `${fhir_base} · ${t(`environment.${environment}`)}`,
          })),
          ...(gone ? [{ value: filter.connection, label: filter.connection }] : []),
        ]}
        onChange={(connection) => change({ connection, department: '' })}
      />
      <Select
        label={w('department')}
        value={filter.department}
        options={[
          { value: '', label: w('department.all') },
          ...offered.map((value) => ({ value, label: value === NONE ? w('department.none') : value })),
        ]}
        onChange={(department) => change({ department })}
      />
    </search>
  );
}
