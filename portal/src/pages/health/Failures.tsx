// Work that failed for good: what, since when and why, with the buttons that have it done again or forget it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { useAction } from '../../api/hooks';
import { usePaged } from '../../api/paged';
import { Problem } from '../../api/problem';
import { ConnectionName } from '../../app/ConnectionName';
import { useConnections } from '../../app/connections';
import { api, session } from '../../session/session';
import { useStore } from '../../store';
import { Button } from '../../ui/Button';
import { ConfirmDialog } from '../../ui/Dialog';
import { Loadable } from '../../ui/Loading';
import { More } from '../../ui/More';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { DateTime } from '../../ui/Small';
import { type Column, Table } from '../../ui/Table';
import { toast } from '../../ui/toast';
import { useCodeText } from '../../words/codes';
import { ownZone, useFormat } from '../../words/format';
import { useHealth } from '../../words/health';

type Failure = Schema<'FailureShown'>;
type Does = 'replay' | 'dismiss';

/** For administrators; of one connection (and of none), or of all. */
export function Failures({ connection }: { connection: string | undefined }) {
  const now = useStore(session);
  return now.kind === 'ready' && now.me.admin ? <Failed connection={connection} key={connection} /> : null;
}

async function pageOf(connection: string | undefined, cursor: string, signal?: AbortSignal) {
  const query = { ...(connection && { connection }), ...(cursor && { cursor }) };
  const { failures, next } = await ask(api().GET('/failures', { params: { query }, ...(signal && { signal }) }));
  return { items: failures, next };
}

/** Does it; true if someone else was faster. */
async function does(what: Does, id: string): Promise<boolean> {
  const params = { path: { id } };
  try {
    await ask(
      what === 'replay' ? api().POST('/failures/{id}/replay', { params }) : api().DELETE('/failures/{id}', { params }),
    );
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'not_found') return true;
    throw thrown;
  }
  return false;
}

function Failed({ connection }: { connection: string | undefined }) {
  const w = useHealth();
  const list = usePaged<Failure>((cursor, signal) => pageOf(connection, cursor, signal), [connection]);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Failure>();
  const head = useRef<HTMLDivElement>(null);
  const shown = list.items.filter(({ id }) => !gone.has(id));
  // The row's button is gone with its row.
  useEffect(() => {
    if (gone.size > 0) head.current?.focus();
  }, [gone.size]);
  const doing = useAction(async (what: Does, { id }: Failure) => {
    const before = await does(what, id);
    toast(w(before ? 'failed.before' : what === 'replay' ? 'failed.replayed' : 'failed.dismissed'));
    setAsked(undefined);
    setGone(new Set([...gone, id]));
  });
  return (
    <Section flush title={w('failed')} lead={w('failed.lead')}>
      <Loadable of={list.first} lines={2}>
        {() => (
          <div class="health-failed" ref={head} tabIndex={-1}>
            {doing.problem && !asked && <ProblemNote problem={doing.problem} />}
            {shown.length === 0 && !list.unfinished ? (
              <p class="soft health-failed-none">{w('failed.none')}</p>
            ) : (
              <>
                <FailedTable
                  failures={shown}
                  busy={doing.busy}
                  onAgain={(one) => doing.run('replay', one)}
                  onDismiss={setAsked}
                />
                <More
                  shown={w('failed.count', { count: shown.length })}
                  unfinished={list.unfinished}
                  busy={list.busy}
                  problem={list.problem}
                  onMore={() => list.more()}
                />
              </>
            )}
          </div>
        )}
      </Loadable>
      <ConfirmDialog
        open={asked !== undefined}
        title={w('failed.ask')}
        confirm={w('failed.dismiss')}
        danger
        busy={doing.busy}
        onConfirm={() => asked && doing.run('dismiss', asked)}
        onClose={() => {
          doing.clear();
          setAsked(undefined);
        }}
      >
        {doing.problem && <ProblemNote problem={doing.problem} />}
        <p>{w('failed.ask.text')}</p>
      </ConfirmDialog>
    </Section>
  );
}

interface TableProps {
  readonly failures: readonly Failure[];
  readonly busy: boolean;
  readonly onAgain: (failure: Failure) => void;
  readonly onDismiss: (failure: Failure) => void;
}

function FailedTable({ failures, busy, onAgain, onDismiss }: TableProps) {
  const w = useHealth();
  const format = useFormat();
  const connections = useConnections().data ?? [];
  const zoneOf = (id: string | null) => connections.find((one) => one.id === id)?.zone || ownZone();
  const named = ({ kind, since, connection_id: id }: Failure) => ({
    what: w(`failed.kind.${kind}`),
    since: format.dateTime(since, zoneOf(id)),
  });
  const columns: Column<Failure>[] = [
    {
      key: 'what',
      title: w('failed.what'),
      names: true,
      cell: ({ kind, connection_id: id }) => (
        <span class="health-named">
          <span>{w(`failed.kind.${kind}`)}</span>
          {id && <ConnectionName id={id} connection={connections.find((one) => one.id === id)} />}
        </span>
      ),
    },
    {
      key: 'since',
      title: w('failed.since'),
      cell: ({ since, connection_id: id }) => <DateTime at={since} zone={zoneOf(id)} />,
    },
    { key: 'times', title: w('failed.times'), cell: ({ times }) => w('failed.times.n', { count: times }) },
    { key: 'why', title: w('failed.why'), cell: ({ problem }) => <Why problem={problem} /> },
    {
      key: 'do',
      title: w('failed.do'),
      quiet: true,
      end: true,
      cell: (one) => (
        <span class="row health-failed-do">
          <Button
            small
            icon="refresh"
            busy={busy}
            aria-label={w('failed.again.of', named(one))}
            onClick={() => onAgain(one)}
          >
            {w('failed.again')}
          </Button>
          <Button small aria-label={w('failed.dismiss.of', named(one))} onClick={() => onDismiss(one)}>
            {w('failed.dismiss')}
          </Button>
        </span>
      ),
    },
  ];
  return <Table caption={w('failed')} columns={columns} rows={failures} rowKey={({ id }) => id} />;
}

function Why({ problem }: { problem: Failure['problem'] }) {
  const w = useHealth();
  const codeText = useCodeText();
  if (!problem) return <span class="soft">{w('failed.why.none')}</span>;
  const { detail } = codeText(problem);
  return (
    <span class="health-named">
      <span>{detail}</span>
      <span class="finding-code">
        <span class="code">{problem.code}</span> <a href={`/errors/${problem.code}`}>{w('codes')}</a>
      </span>
    </span>
  );
}
