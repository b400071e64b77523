import { useState } from 'preact/hooks';
import { Select } from '../../ui/Select';
import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Bars } from './Bars';
import { MEASURES, type Measure, saidOf, type Usage, useSay } from './figures';
import { Panel } from './Panel';

/** More bars than these nobody compares; the table has all. */
const MOST = 20;

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

/** Departments beside each other, by one measure. */
export function Departments({ usage: { departments }, download }: Props) {
  const w = useReports();
  const say = useSay();
  const [measure, setMeasure] = useState<Measure>('visits');
  const title = w('departments');
  const sorted = [...departments].sort((one, other) => (other[measure] ?? -1) - (one[measure] ?? -1));
  const named = (name: string) => name || w('department.none');
  return (
    <Panel
      title={title}
      lead={sorted.length > MOST && w('departments.most', { count: MOST, all: sorted.length })}
      download={download}
      controls={
        <Select
          label={w('compare')}
          value={measure}
          options={MEASURES.map((value) => ({ value, label: w(`figure.${value}`) }))}
          onChange={setMeasure}
        />
      }
      table={
        <Table
          caption={title}
          columns={[
            { key: 'name', title: w('department'), names: true, cell: ({ department }) => named(department) },
            ...MEASURES.map((each) => ({
              key: each,
              title: w(`figure.${each}`),
              end: true,
              cell: (one: Usage['departments'][number]) => saidOf(say, each, one),
            })),
          ]}
          rows={sorted}
          rowKey={({ department }) => department}
        />
      }
    >
      <p class="only-print">{w(`figure.${measure}`)}</p>
      <Bars
        label={w('chart', { title: `${title}, ${w(`figure.${measure}`)}` })}
        bars={sorted.slice(0, MOST).map((one) => ({
          key: one.department,
          label: named(one.department),
          value: one[measure],
          said: saidOf(say, measure, one),
        }))}
      />
    </Panel>
  );
}
