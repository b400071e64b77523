import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Bars } from './Bars';
import { useSay } from './figures';
import { Panel } from './Panel';

interface Props {
  readonly title: string;
  readonly whole: number;
  readonly rows: readonly { name: string; label: string; count: number }[];
  readonly download: () => Promise<void>;
}

/** Counts that make up a whole: as bars, and with their shares in a table. */
export function Shares({ title, whole, rows, download }: Props) {
  const w = useReports();
  const say = useSay();
  return (
    <Panel
      title={title}
      download={download}
      table={
        <Table
          caption={title}
          columns={[
            { key: 'name', title, names: true, cell: ({ label }) => label },
            { key: 'count', title: w('count'), end: true, cell: ({ count }) => say.count(count) },
            { key: 'share', title: w('share'), end: true, cell: ({ count }) => say.share(count, whole) },
          ]}
          rows={rows}
          rowKey={({ name }) => name}
        />
      }
    >
      <Bars
        label={w('chart', { title })}
        most={whole}
        bars={rows.map(({ name, label, count }) => ({
          key: name,
          label,
          value: count,
          said: `${say.count(count)} · ${say.share(count, whole)}`,
        }))}
      />
    </Panel>
  );
}
