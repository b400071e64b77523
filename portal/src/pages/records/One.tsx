// The records of one connection.
import { useAction, useLoad } from '../../api/hooks';
import { type Connection, ConnectionBar, useConnection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { session } from '../../session/session';
import { useStore } from '../../store';
import { Banner } from '../../ui/Banner';
import { Button, ButtonLink } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { CopyButton } from '../../ui/Small';
import { saveFile } from '../../ui/saveFile';
import { toast } from '../../ui/toast';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { useRecords } from '../../words/records';
import { DriftSummary } from './Drift';
import { How } from './How';
import { RecordCard } from './RecordCard';
import { fileName, GROUPS, type Group, inGroup, loadCsv, loadRecords, type Records } from './records';
import { useAsText } from './useAsText';

export function RecordsOne({ id }: { id: string }) {
  const connection = useConnection(id);
  const records = useLoad((signal) => loadRecords(id, signal), [id]);
  return (
    <Loadable of={connection} lines={3}>
      {(shown) => (
        <>
          <div class="no-print">
            <ConnectionBar connection={shown} page="records" />
          </div>
          <Loadable of={records} lines={8}>
            {(list) => <Whole connection={shown} list={list} />}
          </Loadable>
        </>
      )}
    </Loadable>
  );
}

function Whole({ connection, list }: { connection: Connection; list: Records }) {
  const w = useRecords();
  const now = useStore(session);
  const admin = now.kind === 'ready' && now.me.admin;
  return (
    <>
      <PrintedHead connection={connection} />
      {connection.state !== 'approved' && (
        <Banner
          tone="warning"
          title={w(`state.${connection.state}`)}
          actions={
            connection.state === 'needs_approval' && (
              <ButtonLink href={addressOf('approve', connection.id)}>{w('state.go')}</ButtonLink>
            )
          }
        >
          <p>{w('state.text')}</p>
        </Banner>
      )}
      <DriftSummary drift={list.drift} />
      <Tools connection={connection} list={list} />
      <How connection={connection} />
      {(Object.keys(GROUPS) as Group[]).map((group) => {
        const records = inGroup(group, list.records);
        return (
          records.length > 0 && (
            <Section key={group} title={w(`group.${group}`)} lead={w(`group.${group}.lead`)}>
              {records.map((record) => (
                <RecordCard
                  key={record.name}
                  record={record}
                  drift={list.drift.find((one) => one.record === record.name)}
                  connection={connection}
                  admin={admin}
                />
              ))}
            </Section>
          )
        );
      })}
    </>
  );
}

/** On paper there is no bar above to say which connection it is, and nothing is of now. */
function PrintedHead({ connection }: { connection: Connection }) {
  const t = useCommon();
  const w = useRecords();
  const format = useFormat();
  return (
    <div class="only-print records-printed">
      <p class="connection-url">{connection.fhir_base}</p>
      <p>
        {t(`environment.${connection.environment}`)} · {t(`state.${connection.state}`)} ·{' '}
        {w('printed', { at: format.dateTime(new Date(), connection.zone || 'UTC') })}
      </p>
    </div>
  );
}

/** What can be done with all of them. */
function Tools({ connection, list }: { connection: Connection; list: Records }) {
  const w = useRecords();
  const asText = useAsText();
  const download = useAction(async () => {
    saveFile(await loadCsv(connection.id), fileName(connection));
    toast(w('downloaded'));
  });
  return (
    <>
      <div class="row records-tools no-print">
        <CopyButton text={() => asText(connection, list.records)} label={w('copy.all')}>
          {w('copy.all')}
        </CopyButton>
        <Button small icon="download" busy={download.busy} onClick={() => download.run()}>
          {w('download')}
        </Button>
        <Button small icon="print" onClick={() => print()}>
          {w('print')}
        </Button>
      </div>
      {download.problem && <ProblemNote problem={download.problem} />}
    </>
  );
}
