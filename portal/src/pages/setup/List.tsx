// The connections to set up, with what stands for each; the only one at once.
import { type Connection, EnvironmentBadge, NoConnections, useConnections, useOnly } from '../../app/connections';
import { grouped } from '../../app/numbers';
import { addressOf } from '../../app/routes';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { Badge } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { useSetup } from '../../words/setup';
import { ValidityBadge } from './CertificateTable';

export function SetupList() {
  const w = useSetup();
  const all = useConnections();
  const only = useOnly('setup', all);
  if (only) return null;
  const columns: Column<Connection>[] = [
    {
      key: 'connection',
      title: w('column.connection'),
      names: true,
      cell: (one) => (
        <span class="setup-named">
          <a href={addressOf('setup', one.id)}>{one.fhir_base.replace('https://', '')}</a>
          <EnvironmentBadge environment={one.environment} />
        </span>
      ),
    },
    {
      key: 'texts',
      title: w('column.texts'),
      cell: ({ sms }) => <Badge tone={sms.enabled ? 'success' : 'neutral'}>{w(sms.enabled ? 'on' : 'off')}</Badge>,
    },
    {
      key: 'number',
      title: w('column.number'),
      cell: ({ sms }) =>
        sms.sender ? (
          <span class="setup-nowrap">{grouped(sms.sender)}</span>
        ) : (
          <span class="soft">{w('number.none')}</span>
        ),
    },
    { key: 'certificate', title: w('column.certificate'), cell: (one) => <Newest connection={one} /> },
  ];
  return (
    <Loadable of={all}>
      {(list) => (
        <Section flush>
          {list.length === 0 ? (
            <NoConnections />
          ) : (
            <Table caption={w('list')} columns={columns} rows={list} rowKey={(one) => one.id} />
          )}
        </Section>
      )}
    </Loadable>
  );
}

/** How long the certificate that lasts longest still lasts. */
function Newest({ connection }: { connection: Connection }) {
  const w = useSetup();
  const [newest] = [...connection.certificates].sort((one, other) => other.not_after.localeCompare(one.not_after));
  return newest ? <ValidityBadge certificate={newest} /> : <span class="soft">{w('certificate.none.short')}</span>;
}
