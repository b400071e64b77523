import { Badge } from '../../ui/Small';
import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Bars } from './Bars';
import { type Usage, useSay } from './figures';
import { Panel } from './Panel';

interface Props {
  readonly usage: Usage;
  readonly download: () => Promise<void>;
}

/** What is agreed on a month: used, left, exceeded. */
export function Allowance({ usage: { allowance }, download }: Props) {
  const w = useReports();
  const say = useSay();
  const title = w('allowance');
  const named = (month: string) => say.period(`${month}-01`, `${month}-01`, 'month');
  if (!allowance.length)
    return (
      <Panel title={title}>
        <p class="soft">{w('allowance.none')}</p>
      </Panel>
    );
  const over = allowance.filter(({ exceeded }) => exceeded > 0).length;
  return (
    <Panel
      title={title}
      lead={
        <>
          {over > 0 && <Badge tone="warning">{w('allowance.over', { count: over })}</Badge>} {w('allowance.lead')}
        </>
      }
      download={download}
      table={
        <Table
          caption={title}
          columns={[
            { key: 'month', title: w('month'), names: true, cell: ({ month }) => named(month) },
            ...(['allowance', 'used', 'remaining', 'exceeded'] as const).map((name) => ({
              key: name,
              title: w(`allowance.${name}`),
              end: true,
              cell: (month: Usage['allowance'][number]) => say.count(month[name]),
            })),
          ]}
          rows={allowance}
          rowKey={({ month }) => month}
        />
      }
    >
      <Bars
        label={w('chart', { title })}
        most={Math.max(...allowance.map((month) => Math.max(month.used, month.allowance)))}
        bars={allowance.map(({ month, allowance: agreed, used, remaining, exceeded }) => ({
          key: month,
          label: named(month),
          value: used,
          said: `${say.count(used)} / ${say.count(agreed)} · ${
            exceeded > 0
              ? w('allowance.said.exceeded', { number: say.count(exceeded) })
              : w('allowance.said.remaining', { number: say.count(remaining) })
          }`,
        }))}
      />
    </Panel>
  );
}
