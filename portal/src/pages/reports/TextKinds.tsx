import { Table } from '../../ui/Table';
import { useReports } from '../../words/reports';
import { Bars } from './Bars';
import { TEXT_STATES, type Texts, useSay } from './figures';
import { Panel } from './Panel';

const KINDS = ['scheduled', 'updated', 'cancelled', 'reminder', 'direct'] as const;

interface Props {
  readonly kinds: Texts['kinds'];
  readonly download: () => Promise<void>;
}

/** What texts were for: how many of each kind, and in the table what became of them. */
export function TextKinds({ kinds, download }: Props) {
  const w = useReports();
  const say = useSay();
  const title = w('kinds');
  const named = (kind: string) => {
    const known = KINDS.find((one) => one === kind);
    return known ? w(`sent.${known}`) : kind;
  };
  return (
    <Panel
      title={title}
      download={download}
      table={
        <Table
          caption={title}
          columns={[
            { key: 'kind', title: w('kinds.kind'), names: true, cell: ({ kind }) => named(kind) },
            { key: 'texts', title: w('text.texts'), end: true, cell: ({ texts }) => say.count(texts) },
            ...TEXT_STATES.map((state) => ({
              key: state,
              title: w(`text.${state}`),
              end: true,
              cell: (one: Texts['kinds'][number]) => say.count(one[state]),
            })),
          ]}
          rows={kinds}
          rowKey={({ kind }) => kind}
        />
      }
    >
      <Bars
        label={w('chart', { title })}
        bars={kinds.map(({ kind, texts }) => ({
          key: kind,
          label: named(kind),
          value: texts,
          said: say.count(texts),
        }))}
      />
    </Panel>
  );
}
