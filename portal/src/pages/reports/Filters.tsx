import type { Schema } from '../../api/client';
import { ConnectionSelect, RangeFields } from '../../app/filters';
import { Select } from '../../ui/Select';
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
  const w = useReports();
  const change = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const setRange = (range: Range) => {
    // A range of one's own begins as the one before it, to be changed from there.
    const [from, to] = range === 'own' ? daysOf(filter, new Date()) : ['', ''];
    change({ range, from, to });
  };
  const wrong = impossible(filter);
  const all = departments.map((name) => name || NONE);
  const offered = filter.department && !all.includes(filter.department) ? [...all, filter.department] : all;
  return (
    <search class="reports-filters form-columns no-print">
      <RangeFields
        value={filter.range}
        options={RANGES}
        from={filter.from}
        to={filter.to}
        say={w}
        error={wrong && wrong !== 'missing' ? w(`to.${wrong}`) : undefined}
        onRange={setRange}
        onDays={change}
      />
      <Select
        label={w('by')}
        value={filter.by}
        options={STEPS.map((value) => ({ value, label: w(`by.${value}`) }))}
        onChange={(by) => change({ by })}
      />
      <ConnectionSelect
        value={filter.connection}
        connections={connections}
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
