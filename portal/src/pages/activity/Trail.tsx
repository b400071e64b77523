import type { Connection } from '../../app/connections';
import { type Names, PersonName } from '../../app/names';
import { type Column, Table } from '../../ui/Table';
import { useActivity } from '../../words/activity';
import { ownZone, useFormat } from '../../words/format';
import { ACTIONS, isOneOf } from './codes';
import { About, Details, type Entry } from './Details';

interface Props {
  readonly entries: readonly Entry[];
  /** Undefined while they are loaded. */
  readonly connections: readonly Connection[] | undefined;
  readonly names: Names;
}

/** The entries, newest first. */
export function Trail({ entries, connections, names }: Props) {
  const w = useActivity();
  // Several of one instant are told apart by their order.
  const rows = entries.map((entry, index) => ({ entry, key: `${entry.at} ${index}` }));
  const columns: Column<(typeof rows)[number]>[] = [
    { key: 'when', title: w('when'), cell: ({ entry }) => <Moment at={entry.at} /> },
    {
      key: 'what',
      title: w('what'),
      names: true,
      cell: ({ entry }) => (
        <span class="activity-what">
          <span>{isOneOf(ACTIONS, entry.action) ? w(`action.${entry.action}`) : entry.action}</span>
          <Details entry={entry} />
        </span>
      ),
    },
    { key: 'about', title: w('about'), cell: ({ entry }) => <About entry={entry} connections={connections} /> },
    { key: 'who', title: w('who'), cell: ({ entry }) => <PersonName oid={entry.by} names={names} /> },
  ];
  return <Table caption={w('trail')} columns={columns} rows={rows} rowKey={({ key }) => key} />;
}

/** The day above the time: in a narrow column both stay whole. */
function Moment({ at }: { at: string }) {
  const format = useFormat();
  const zone = ownZone();
  return (
    <time class="activity-when" dateTime={at}>
      <span>{format.date(at, zone)}</span> <span class="activity-time">{format.time(at, zone)}</span>
    </time>
  );
}
