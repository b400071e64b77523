import { ask, type Schema } from '../../api/client';
import { useAction } from '../../api/hooks';
import { usePaged } from '../../api/paged';
import { useConnections } from '../../app/connections';
import { useNames } from '../../app/names';
import { go, place } from '../../app/place';
import { api } from '../../session/session';
import { useStore } from '../../store';
import { Button } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { More } from '../../ui/More';
import { EmptyState, Page, Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useActivity } from '../../words/activity';
import { useCommon } from '../../words/common';
import { ownZone, useFormat } from '../../words/format';
import type { Entry } from './Details';
import { downloadCsv } from './download';
import { Filters } from './Filters';
import { type Filter, isPossible, queryOf, readFilter, USUAL, writeFilter } from './filter';
import { Trail } from './Trail';
import './activity.css';

export default function ActivityPage() {
  const t = useCommon();
  const w = useActivity();
  const format = useFormat();
  const { search } = useStore(place);
  const filter = readFilter(search);
  const possible = isPossible(filter);
  const list = usePaged<Entry>(
    async (cursor, signal) => {
      if (!possible) return { items: [], next: null };
      const query = { ...queryOf(filter, new Date()), ...(cursor && { cursor }) };
      const found = await ask(api().GET('/audit', { params: { query }, ...(signal && { signal }) }));
      // The route has CSV too, for who asks for it.
      const { entries, next } = found as Schema<'AuditList'>;
      return { items: entries, next };
    },
    [writeFilter(filter)],
  );
  const connections = useConnections();
  const names = useNames([...list.items.map(({ by }) => by), filter.by].filter(Boolean));
  const download = useAction(async () => {
    await downloadCsv(filter, new Date());
    toast(w('downloaded'));
  });
  const change = (next: Filter) => go(`/activity${writeFilter(next)}`, { replace: true });
  const filtered = writeFilter(filter) !== '';

  return (
    <Page
      title={t('page.activity')}
      lead={w('lead')}
      actions={
        <Button icon="download" busy={download.busy} disabled={!possible} onClick={() => download.run()}>
          {w('download')}
        </Button>
      }
    >
      {download.problem && <ProblemNote problem={download.problem} />}
      {connections.problem && <ProblemNote problem={connections.problem} onRetry={connections.reload} />}
      {names.problem && <ProblemNote problem={names.problem} onRetry={names.retry} />}
      <Section flush title={w('trail')} lead={w('zone', { zone: format.zoneName(ownZone()) })}>
        <Filters filter={filter} onChange={change} connections={connections.data ?? []} names={names} />
        <div class="activity-list">
          <Loadable of={list.first} lines={8}>
            {() =>
              list.items.length > 0 ? (
                <>
                  <Trail entries={list.items} connections={connections.data} names={names} />
                  <More
                    shown={w('shown', { count: list.items.length })}
                    unfinished={list.unfinished}
                    busy={list.busy}
                    problem={list.problem}
                    onMore={() => list.more()}
                  />
                </>
              ) : (
                <EmptyState
                  title={filtered ? w('unfound.title') : w('none.title')}
                  action={filtered && <Button onClick={() => change(USUAL)}>{w('filter.clear')}</Button>}
                >
                  <p>{filtered ? w('unfound.text') : w('none.text')}</p>
                </EmptyState>
              )
            }
          </Loadable>
        </div>
      </Section>
    </Page>
  );
}
