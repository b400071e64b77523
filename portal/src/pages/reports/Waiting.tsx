import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Columns } from './Columns';
import { type Usage, useSay } from './figures';
import { Panel } from './Panel';

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

/** How many waited how long. */
export function Waiting({ usage: { waiting, totals }, download }: Props) {
  const w = useReports();
  const say = useSay();
  const title = w('waiting');
  const minutes = (seconds: number) => say.count(seconds / 60);
  const bands = waiting.map(({ from_seconds, to_seconds, visits }) => ({
    visits,
    from: from_seconds,
    short: to_seconds === null ? `≥ ${minutes(from_seconds)}` : `${minutes(from_seconds)}–${minutes(to_seconds)}`,
    long:
      to_seconds === null
        ? w('waiting.longer', { from: say.minutes(from_seconds) })
        : w('waiting.band', { from: minutes(from_seconds), to: say.minutes(to_seconds) }),
  }));
  if (!totals.lobby_visits) return <Panel title={title}>{<p class="soft">{w('waiting.none')}</p>}</Panel>;
  return (
    <Panel
      title={title}
      lead={w('waiting.lead', { average: say.minutes(totals.lobby_average_seconds) })}
      download={download}
      table={
        <Table
          caption={title}
          columns={[
            { key: 'band', title: w('waiting.time'), names: true, cell: ({ long }) => long },
            { key: 'visits', title: w('figure.visits'), end: true, cell: ({ visits }) => say.count(visits) },
            {
              key: 'share',
              title: w('share'),
              end: true,
              cell: ({ visits }) => say.share(visits, totals.lobby_visits),
            },
          ]}
          rows={bands}
          rowKey={({ from }) => String(from)}
        />
      }
    >
      <Columns
        label={w('chart', { title })}
        places={bands.map(({ short }) => short)}
        series={[{ name: w('figure.visits'), values: bands.map(({ visits }) => visits) }]}
        format={say.count}
        whole
      />
      <p class="reports-axis">{w('waiting.axis')}</p>
    </Panel>
  );
}
