import { useState } from 'preact/hooks';
import { Select } from '../../ui/Select';
import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Columns } from './Columns';
import { isTime, MEASURES, type Measure, saidOf, type Usage, useSay } from './figures';
import { Panel } from './Panel';

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

/** One measure over time; the table has all of them. */
export function Trends({ usage, download }: Props) {
  const w = useReports();
  const say = useSay();
  const [measure, setMeasure] = useState<Measure>('visits');
  const minutes = isTime(measure);
  const title = w('trends');
  return (
    <Panel
      title={title}
      download={download}
      controls={
        <Select
          label={w('measure')}
          value={measure}
          options={MEASURES.map((value) => ({ value, label: w(`figure.${value}`) }))}
          onChange={setMeasure}
        />
      }
      table={
        <Table
          caption={title}
          columns={[
            {
              key: 'period',
              title: w('period'),
              names: true,
              cell: ({ from, to }) => say.period(from, to, usage.by),
            },
            ...MEASURES.map((each) => ({
              key: each,
              title: w(`figure.${each}`),
              end: true,
              cell: (period: Usage['periods'][number]) => saidOf(say, each, period),
            })),
          ]}
          rows={usage.periods}
          rowKey={({ from }) => from}
        />
      }
    >
      <p class="only-print">{w(`figure.${measure}`)}</p>
      <Columns
        label={w('chart', { title: `${title}, ${w(`figure.${measure}`)}` })}
        places={usage.periods.map(({ from, to }) => say.period(from, to, usage.by))}
        series={[{ name: w(`figure.${measure}`), values: usage.periods.map((period) => period[measure]) }]}
        format={minutes ? say.minutes : say.count}
        whole={!minutes}
      />
    </Panel>
  );
}
