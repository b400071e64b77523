// Statuses that the EHR was not told: whether it refuses them all now, and those given up, with a button each to write
// them after all.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { useAction } from '../../api/hooks';
import { usePaged } from '../../api/paged';
import type { Connection } from '../../app/connections';
import { api, session } from '../../session/session';
import { useStore } from '../../store';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
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

type Standing = Schema<'WritebackStanding'>;
type Status = Standing['not_written'][number];
type Replayed = Schema<'Replayed'>;

/** For administrators, of one connection. */
export function Untold({ connection }: { connection: Connection }) {
  const now = useStore(session);
  return now.kind === 'ready' && now.me.admin ? (
    <Statuses id={connection.id} zone={connection.zone || ownZone()} />
  ) : null;
}

async function standing(id: string, cursor = '', signal?: AbortSignal): Promise<Standing> {
  const params = { path: { id }, query: { ...(cursor && { cursor }) } };
  return ask(api().GET('/connections/{id}/writeback', { params, ...(signal && { signal }) }));
}

/** Has one written after all, or all there are, two hundred at a time. */
async function replay(id: string, one: Status | undefined): Promise<Replayed> {
  const sum = { replayed: 0, superseded: 0, gone: 0, left: 0 };
  for (;;) {
    const body = one ? { id: one.id } : {};
    const came = await ask(api().POST('/connections/{id}/writeback/replay', { params: { path: { id } }, body }));
    sum.replayed += came.replayed;
    sum.superseded += came.superseded;
    sum.gone += came.gone;
    if (!came.left) return sum;
  }
}

function Statuses({ id, zone }: { id: string; zone: string }) {
  const w = useHealth();
  const [whole, setWhole] = useState<Standing>();
  const list = usePaged<Status>(
    async (cursor, signal) => {
      const page = await standing(id, cursor, signal);
      if (!cursor) setWhole(page);
      return { items: page.not_written, next: page.next };
    },
    [id],
  );
  const head = useRef<HTMLDivElement>(null);
  const did = useRef(false);
  const { data, loading } = list.first;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the list is there anew, for the row's button went with it
  useEffect(() => {
    if (loading || !did.current) return;
    did.current = false;
    head.current?.focus();
  }, [loading, data]);
  const doing = useAction(async (one: Status | undefined) => {
    const came = await replay(id, one);
    const { replayed, superseded, gone } = came;
    if (replayed) toast(w('untold.replayed', { count: replayed }));
    else if (superseded) toast(w('untold.superseded', { count: superseded }), 'warning');
    else if (gone) toast(w('untold.gone', { count: gone }), 'warning');
    else toast(w('failed.before'));
    did.current = true;
    list.first.reload();
  });
  const several = list.items.length > 1 || list.unfinished;
  return (
    <Section
      flush
      title={w('untold')}
      lead={w('untold.lead')}
      actions={
        several && (
          <Button icon="refresh" busy={doing.busy} onClick={() => doing.run(undefined)}>
            {w('untold.all')}
          </Button>
        )
      }
    >
      {whole?.paused && <Paused zone={zone} paused={whole.paused} />}
      <Loadable of={list.first} lines={2}>
        {() => (
          <div class="health-failed" ref={head} tabIndex={-1}>
            {doing.problem && <ProblemNote problem={doing.problem} />}
            {list.items.length === 0 ? (
              <p class="soft health-failed-none">{w(whole?.on === false ? 'untold.off' : 'untold.none')}</p>
            ) : (
              <>
                <UntoldTable zone={zone} statuses={list.items} busy={doing.busy} onAgain={(one) => doing.run(one)} />
                <More
                  shown={w('untold.count', { count: list.items.length })}
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
    </Section>
  );
}

function Paused({ zone, paused }: { zone: string; paused: NonNullable<Standing['paused']> }) {
  const w = useHealth();
  const format = useFormat();
  const codeText = useCodeText();
  const { detail, fix, code } = codeText(paused.problem);
  return (
    <div class="health-paused">
      <Banner tone="error" title={w('untold.paused', { since: format.dateTime(paused.since, zone) })}>
        <p>{detail}</p>
        <p>{fix}</p>
        <p>{w('untold.next', { at: format.dateTime(paused.next_try_at, zone) })}</p>
        <Code code={code} />
      </Banner>
    </div>
  );
}

function Code({ code }: { code: string }) {
  const w = useHealth();
  return (
    <span class="finding-code">
      <span class="code">{code}</span> <a href={`/errors/${code}`}>{w('codes')}</a>
    </span>
  );
}

interface TableProps {
  readonly zone: string;
  readonly statuses: readonly Status[];
  readonly busy: boolean;
  readonly onAgain: (status: Status) => void;
}

function UntoldTable({ zone, statuses, busy, onAgain }: TableProps) {
  const w = useHealth();
  const format = useFormat();
  const codeText = useCodeText();
  const what = ({ role, status }: Status) => {
    if (role === 'visit' || status === 'link') return w('untold.visit.link');
    return w(`untold.${role}.${status}`);
  };
  const columns: Column<Status>[] = [
    {
      key: 'what',
      title: w('failed.what'),
      names: true,
      cell: (one) => (
        <span class="health-named">
          <span>{what(one)}</span>
          <span class="code">{one.visit}</span>
        </span>
      ),
    },
    { key: 'at', title: w('untold.at'), cell: ({ at }) => <DateTime at={at} zone={zone} /> },
    { key: 'since', title: w('failed.times'), cell: ({ given_up_at: at }) => <DateTime at={at} zone={zone} /> },
    {
      key: 'why',
      title: w('untold.why'),
      cell: ({ problem }) => {
        const { detail, fix, code } = codeText(problem);
        return (
          <span class="health-named">
            <span>{detail}</span>
            <span class="soft">{fix}</span>
            <Code code={code} />
          </span>
        );
      },
    },
    {
      key: 'do',
      title: w('failed.do'),
      quiet: true,
      end: true,
      cell: (one) => (
        <Button
          small
          icon="refresh"
          busy={busy}
          aria-label={w('untold.again.of', { what: what(one), at: format.dateTime(one.at, zone) })}
          onClick={() => onAgain(one)}
        >
          {w('untold.again')}
        </Button>
      ),
    },
  ];
  return <Table caption={w('untold')} columns={columns} rows={statuses} rowKey={({ id: row }) => row} />;
}
