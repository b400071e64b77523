import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Columns } from './Columns';
import { type Usage, useSay } from './figures';
import { Panel } from './Panel';

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

const SIDES = ['patient_no_show', 'clinician_no_show'] as const;

/** Who did not come, over time. */
export function NoShows({ usage, download }: Props) {
  const w = useReports();
  const say = useSay();
  const { totals, periods } = usage;
  const title = w('noshows');
  const places = periods.map(({ from, to }) => say.period(from, to, usage.by));
  return (
    <Panel
      title={title}
      lead={w('noshows.lead', {
        patient: say.count(totals.patient_no_show),
        clinician: say.count(totals.clinician_no_show),
      })}
      download={download}
      table={
        <Table
          caption={title}
          columns={[
            { key: 'period', title: w('period'), names: true, cell: ({ from, to }) => say.period(from, to, usage.by) },
            ...SIDES.map((side) => ({
              key: side,
              title: w(`status.${side}`),
              end: true,
              cell: (period: Usage['periods'][number]) => say.count(period[side]),
            })),
          ]}
          rows={periods}
          rowKey={({ from }) => from}
        />
      }
    >
      <Columns
        label={w('chart', { title })}
        places={places}
        series={SIDES.map((side) => ({ name: w(`status.${side}`), values: periods.map((period) => period[side]) }))}
        format={say.count}
        whole
      />
    </Panel>
  );
}
