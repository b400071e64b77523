import { useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { useAction } from '../../api/hooks';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { useCommon } from '../../words/common';
import { ownZone, useFormat } from '../../words/format';
import { useReports } from '../../words/reports';
import type { ReportConnection } from './Filters';
import { NONE, STATUSES, useSay } from './figures';

type Row = Schema<'VisitRow'>;
const MOMENTS = [
  'start',
  'end',
  'patient_waiting',
  'patient_connected',
  'clinician_connected',
  'both_connected',
  'last_left',
] as const;
const COUNTS = ['people', 'most_people', 'texts_sent', 'texts_delivered'] as const;
const KINDS = ['single', 'group', 'with_guest'] as const;

/** The visit under an appointment number. The number goes in the body of a request, and nowhere else. */
export function Find({ connections }: { connections: readonly ReportConnection[] }) {
  const t = useCommon();
  const w = useReports();
  const [number, setNumber] = useState('');
  const [chosen, setChosen] = useState('');
  const connection = connections.find(({ id }) => id === chosen) ?? connections[0];
  const [found, setFound] = useState<readonly Row[]>();
  const finding = useAction(async () => {
    if (!connection || !number.trim()) return;
    const body = { connection: connection.id, number: number.trim() };
    setFound(undefined);
    setFound((await ask(api().POST('/reports/visits/find', { body }))).visits);
  });
  if (!connection) return null;
  return (
    <Section title={w('find')} lead={w('find.lead')}>
      <form
        class="reports-find no-print"
        onSubmit={(event) => {
          event.preventDefault();
          void finding.run();
        }}
      >
        {connections.length > 1 && (
          <Select
            label={w('find.connection')}
            value={connection.id}
            options={connections.map(({ id, fhir_base, environment }) => ({
              value: id,
              label: `${fhir_base} · ${t(`environment.${environment}`)}`,
            }))}
            onChange={setChosen}
          />
        )}
        <TextField label={w('find.number')} value={number} maxLength={200} code onChange={setNumber} />
        <Button type="submit" icon="search" busy={finding.busy}>
          {w('find.go')}
        </Button>
      </form>
      {finding.problem && <ProblemNote problem={finding.problem} />}
      <div role="status">
        {found?.length === 0 && <Banner tone="info" title={w('find.none')} />}
        {found?.map((row) => (
          <FoundVisit key={row.visit} row={row} zone={connection.zone || ownZone()} />
        ))}
      </div>
    </Section>
  );
}

function FoundVisit({ row, zone }: { row: Row; zone: string }) {
  const w = useReports();
  const say = useSay();
  const format = useFormat();
  const status = STATUSES.find((one) => one === row.status);
  const kind = KINDS.find((one) => one === row.kind);
  const seconds = row.lobby_seconds as number | null;
  const facts: readonly [string, string][] = [
    [w('find.status'), status ? w(`status.${status}`) : row.status],
    [w('find.kind'), kind ? w(`kind.${kind}`) : row.kind],
    [w('department'), row.department || NONE],
    ...MOMENTS.map((name): [string, string] => [
      w(`find.${name}`),
      row[name] ? format.dateTime(row[name], zone) : NONE,
    ]),
    [w('find.lobby_seconds'), say.minutes(seconds)],
    [w('find.call_seconds'), say.minutes(row.call_seconds)],
    ...COUNTS.map((name): [string, string] => [w(`find.${name}`), say.count(row[name])]),
    [w('find.organizer'), row.organizer_name || row.organizer || NONE],
  ];
  return (
    <dl class="reports-found">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
