// The connections and how each is, as far as one has had it looked at: a look asks the EHR, so nobody's is taken unasked.
import {
  type Connection,
  EnvironmentBadge,
  NoConnections,
  StateBadge,
  useConnections,
  useOnly,
} from '../../app/connections';
import { addressOf } from '../../app/routes';
import { Button } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { type Column, Table } from '../../ui/Table';
import { useHealth } from '../../words/health';
import { type Looks, Summary, useLooks } from './looks';

export function HealthList() {
  const w = useHealth();
  const all = useConnections();
  const looks = useLooks();
  const only = useOnly('health', all);
  if (only) return null;
  return (
    <Loadable of={all}>
      {(list) =>
        list.length === 0 ? (
          <Section>
            <NoConnections />
          </Section>
        ) : (
          <Section
            flush
            title={w('list')}
            lead={w('list.lead')}
            actions={
              <Button icon="refresh" busy={looks.waiting.length > 0} onClick={() => looks.take(list)}>
                {w('list.all')}
              </Button>
            }
          >
            <Connections list={list} looks={looks} />
          </Section>
        )
      }
    </Loadable>
  );
}

function Connections({ list, looks }: { list: readonly Connection[]; looks: Looks }) {
  const w = useHealth();
  const columns: Column<Connection>[] = [
    {
      key: 'connection',
      title: w('list.connection'),
      names: true,
      cell: (one) => (
        <span class="health-named">
          <a href={addressOf('health', one.id)}>{one.fhir_base.replace('https://', '')}</a>
          <span class="row">
            <StateBadge state={one.state} />
            <EnvironmentBadge environment={one.environment} />
          </span>
        </span>
      ),
    },
    { key: 'health', title: w('list.health'), cell: (one) => <Summary of={one} looks={looks} /> },
    {
      key: 'look',
      title: w('list.look'),
      quiet: true,
      end: true,
      cell: (one) => (
        <Button
          small
          icon="refresh"
          busy={looks.waiting.includes(one.id)}
          aria-label={w('list.look.of', { url: one.fhir_base, environment: w(`environment.${one.environment}`) })}
          onClick={() => looks.take([one])}
        >
          {w('list.look')}
        </Button>
      ),
    },
  ];
  return <Table caption={w('list')} columns={columns} rows={list} rowKey={(one) => one.id} />;
}
