import { useEffect, useRef, useState } from 'preact/hooks';
import type { Paged } from '../../api/paged';
import { ConnectionName } from '../../app/ConnectionName';
import type { Connection } from '../../app/connections';
import { type Names, PersonName } from '../../app/names';
import { Button } from '../../ui/Button';
import { More } from '../../ui/More';
import { EmptyState, Section } from '../../ui/Page';
import { DateTime } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { announce } from '../../ui/toast';
import { ownZone } from '../../words/format';
import { usePeople } from '../../words/people';
import { Filters } from './Filters';
import { type Clinician, EVERYBODY, fitting, isEverybody } from './filter';
import { Unlink } from './Unlink';
import './people.css';

interface Props {
  readonly list: Paged<Clinician>;
  readonly linked: readonly Clinician[];
  readonly connections: readonly Connection[];
  readonly names: Names;
  readonly onGone: (id: string) => void;
}

/** Who is linked: filter, table, unlink. */
export function Clinicians({ list, linked, connections, names, onGone }: Props) {
  const w = usePeople();
  const [filter, setFilter] = useState(EVERYBODY);
  const [asked, setAsked] = useState<Clinician>();
  const found = useRef<HTMLDivElement>(null);
  const shown = fitting(linked, filter, names);
  const filtered = !isEverybody(filter);
  const counted = filtered ? w('found', { count: shown.length }) : w('shown', { count: shown.length });
  const [unlinked, setUnlinked] = useState(0);
  // The row's button is gone with its row, so the focus goes to the list; the dialog must be closed by then.
  useEffect(() => {
    if (unlinked > 0) found.current?.focus();
  }, [unlinked]);
  useEffect(() => {
    if (filtered) announce(counted);
  }, [filtered, counted]);

  const columns: Column<Clinician>[] = [
    { key: 'who', title: w('who'), names: true, cell: ({ oid }) => <PersonName oid={oid} names={names} /> },
    { key: 'user', title: w('user'), cell: ({ ehr_user }) => <span class="people-user code">{ehr_user}</span> },
    {
      key: 'connection',
      title: w('connection'),
      cell: ({ connection_id: id }) => <ConnectionName id={id} connection={connections.find((one) => one.id === id)} />,
    },
    {
      key: 'since',
      title: w('since'),
      cell: ({ connection_id: id, linked_at }) => (
        <DateTime at={linked_at} zone={connections.find((one) => one.id === id)?.zone || ownZone()} />
      ),
    },
    {
      key: 'unlink',
      title: w('unlink'),
      quiet: true,
      end: true,
      cell: (one) => (
        <Button small aria-label={w('unlink.who', { user: one.ehr_user })} onClick={() => setAsked(one)}>
          {w('unlink')}
        </Button>
      ),
    },
  ];
  return (
    <Section flush title={w('linked')} lead={w('linked.lead')}>
      <Filters filter={filter} onChange={setFilter} connections={connections} />
      {filtered && list.unfinished && (
        <div class="people-part" role="status">
          <span>{w('part', { count: list.items.length })}</span>
          <Button small busy={list.busy} onClick={() => list.more(true)}>
            {w('part.all')}
          </Button>
        </div>
      )}
      <div class="people-list" ref={found} tabIndex={-1}>
        {shown.length > 0 ? (
          <Table caption={w('linked')} columns={columns} rows={shown} rowKey={({ id }) => id} />
        ) : (
          <EmptyState
            title={w('unfound.title')}
            action={<Button onClick={() => setFilter(EVERYBODY)}>{w('filter.clear')}</Button>}
          >
            <p>{w('unfound.text')}</p>
          </EmptyState>
        )}
      </div>
      <More
        shown={counted}
        unfinished={list.unfinished}
        busy={list.busy}
        problem={list.problem}
        onMore={() => list.more()}
      />
      <Unlink
        of={asked}
        names={names}
        onGone={(id) => {
          setAsked(undefined);
          onGone(id);
          setUnlinked(unlinked + 1);
        }}
        onClose={() => setAsked(undefined)}
      />
    </Section>
  );
}
