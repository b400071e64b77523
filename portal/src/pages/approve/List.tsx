// The connections that name whoever looks; to an administrator whom none names, who approves instead.
import { type Connection, EnvironmentBadge, NoConnections, useConnections, useOnly } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Loadable } from '../../ui/Loading';
import { EmptyState, Section } from '../../ui/Page';
import { type Column, Table } from '../../ui/Table';
import { useApprove } from '../../words/approve';
import { useViewer } from './people';
import { Standing, URGENCY } from './Standing';

export function ApproveList() {
  const viewer = useViewer();
  const all = useConnections();
  const mine = all.data?.filter(viewer.names) ?? [];
  const only = useOnly('approve', all.data?.length === 1 ? all : { ...all, data: mine });
  if (only) return null;
  return (
    <Loadable of={all}>
      {(list) => {
        if (mine.length > 0) return <Mine connections={mine} />;
        if (viewer.admin && list.length === 0)
          return (
            <Section>
              <NoConnections />
            </Section>
          );
        return <Unnamed others={list} />;
      }}
    </Loadable>
  );
}

function useNaming(): Column<Connection> {
  const w = useApprove();
  return {
    key: 'connection',
    title: w('column.connection'),
    names: true,
    cell: (one) => (
      <span class="approve-named">
        <a href={addressOf('approve', one.id)}>{one.fhir_base.replace('https://', '')}</a>
        <EnvironmentBadge environment={one.environment} />
      </span>
    ),
  };
}

/** Those that wait come first. */
function Mine({ connections }: { connections: readonly Connection[] }) {
  const w = useApprove();
  const naming = useNaming();
  const columns: Column<Connection>[] = [
    naming,
    { key: 'state', title: w('column.state'), cell: (one) => <Standing of={one} /> },
    {
      key: 'next',
      title: w('column.next'),
      quiet: true,
      end: true,
      cell: (one) => (
        <a
          class={`approve-go button button-small button-${one.state === 'needs_approval' ? 'primary' : 'secondary'}`}
          href={addressOf('approve', one.id)}
        >
          {w(one.state === 'needs_approval' ? 'go.decide' : 'go.look')}
          <span class="unseen"> {w('go.of', { url: one.fhir_base })}</span>
        </a>
      ),
    },
  ];
  const sorted = [...connections].sort((one, other) => URGENCY.indexOf(one.state) - URGENCY.indexOf(other.state));
  return (
    <Section flush>
      <Table caption={w('list')} columns={columns} rows={sorted} rowKey={(one) => one.id} />
    </Section>
  );
}

/** Nothing names them. An administrator sees whom to ask. */
function Unnamed({ others }: { others: readonly Connection[] }) {
  const w = useApprove();
  const naming = useNaming();
  const columns: Column<Connection>[] = [
    naming,
    { key: 'state', title: w('column.state'), cell: (one) => <Standing of={one} theirs /> },
    {
      key: 'approver',
      title: w('column.approver'),
      cell: ({ approver }) => approver?.name ?? <span class="soft">{w('others.nobody')}</span>,
    },
  ];
  return (
    <>
      <Section>
        <EmptyState title={w('none.title')}>
          <p>{w('none.text')}</p>
        </EmptyState>
      </Section>
      {others.length > 0 && (
        <Section flush title={w('others')} lead={w('others.lead')}>
          <Table caption={w('others')} columns={columns} rows={others} rowKey={(one) => one.id} />
        </Section>
      )}
    </>
  );
}
