// The connections, grouped by state; what needs somebody comes first.
import type { Connection } from '../../app/connections';
import { EnvironmentBadge } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Icon } from '../../ui/Icon';
import { Breakable } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { CLOSED, openOf, rowName } from './addresses';
import { detailOf } from './Detail';
import type { ConnectionsInSight } from './list';
import { RowMenu } from './RowMenu';
import { releaseName } from './release';
import type { RowActions } from './useRowActions';
import { Warnings } from './Warnings';

const STATES: readonly Connection['state'][] = ['needs_approval', 'approved', 'rejected', 'disabled', 'draft'];

interface Props {
  readonly connections: readonly Connection[];
  readonly list: ConnectionsInSight;
  readonly actions: RowActions;
  /** The connection that is being edited. */
  readonly open: string | undefined;
}

export function Groups({ connections, list, actions, open }: Props) {
  const t = useCommon();
  const columns = useColumns(actions, open);
  return (
    <>
      {STATES.map((state) => {
        const rows = connections.filter((connection) => connection.state === state);
        if (!rows.length) return null;
        const name = t(`state.${state}`);
        return (
          <section class="card card-flush connections-group" key={state}>
            <details open>
              <summary>
                <Icon name="chevron" />
                <h2>
                  {name} <span class="soft">({rows.length})</span>
                </h2>
              </summary>
              <Table
                caption={name}
                columns={columns}
                rows={rows}
                rowKey={({ id }) => id}
                detail={(connection) => detailOf({ connection, open: connection.id === open, list, actions })}
              />
            </details>
          </section>
        );
      })}
    </>
  );
}

function useColumns(actions: RowActions, open: string | undefined): Column<Connection>[] {
  const w = useConnections();
  return [
    {
      key: 'url',
      title: w('column.url'),
      names: true,
      cell: (connection) => (
        <>
          <a
            id={rowName(connection.id)}
            href={connection.id === open ? CLOSED : openOf(connection.id)}
            aria-expanded={connection.id === open}
          >
            <Breakable>{connection.fhir_base}</Breakable>
          </a>
          <Warnings connection={connection} />
        </>
      ),
    },
    {
      key: 'environment',
      title: w('environment.label'),
      cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
    },
    {
      key: 'release',
      title: w('column.release'),
      cell: ({ endpoints }) =>
        endpoints?.fhir_release ? (
          <span title={endpoints.fhir_release}>{releaseName(endpoints.fhir_release)}</span>
        ) : (
          <Nothing said={w('unknown')} />
        ),
    },
    {
      key: 'zone',
      title: w('zone.label'),
      cell: ({ zone }) => (zone ? <Breakable>{zone.replaceAll('_', ' ')}</Breakable> : <Nothing said={w('none')} />),
    },
    {
      key: 'approver',
      title: w('column.approver'),
      cell: ({ approver }) =>
        approver ? approver.name || <span class="code">{approver.oid}</span> : <Nothing said={w('none')} />,
    },
    {
      key: 'sms',
      title: w('column.sms'),
      cell: ({ id, sms }) => (
        <a href={addressOf('setup', id)} aria-label={w(sms.enabled ? 'sms.on.label' : 'sms.off.label')}>
          {w(sms.enabled ? 'sms.on' : 'sms.off')}
        </a>
      ),
    },
    {
      key: 'actions',
      title: w('column.actions'),
      quiet: true,
      end: true,
      cell: (connection) => <RowMenu connection={connection} actions={actions} />,
    },
  ];
}

/** Seen as a dash, read as a word. */
const Nothing = ({ said }: { said: string }) => (
  <>
    <span class="soft" aria-hidden="true">
      –
    </span>
    <span class="unseen">{said}</span>
  </>
);
