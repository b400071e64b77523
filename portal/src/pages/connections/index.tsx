import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../api/hooks';
import { place } from '../../app/place';
import { remember } from '../../memory';
import { useStore } from '../../store';
import { Button, ButtonLink } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { More } from '../../ui/More';
import { EmptyState, Page, Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextField } from '../../ui/TextField';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { NEW, openedBy } from './addresses';
import { ConnectionForm } from './ConnectionForm';
import { Groups } from './Groups';
import { showConnection, useConnectionsInSight } from './list';
import { useRowActions } from './useRowActions';
import './connections.css';

/** With fewer than this one sees them all at once. */
const MANY = 8;

export default function ConnectionsPage() {
  const t = useCommon();
  const w = useConnections();
  const opened = openedBy(useStore(place).search);
  const list = useConnectionsInSight();
  const actions = useRowActions(list);
  const [filter, setFilter] = useState('');
  const { data } = list.loaded;
  const all = data?.connections ?? [];
  const id = opened.kind === 'open' || opened.kind === 'copy' ? opened.id : undefined;
  const known = all.find((connection) => connection.id === id);
  const fetched = useAction(async (wanted: string) => list.put(await showConnection(wanted)));

  // An address may name one that is on a page not loaded yet.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another is opened, or the list has come
  useEffect(() => {
    if (id) remember('connection', id);
    fetched.clear();
    if (id && data && !known) void fetched.run(id);
  }, [id, data === undefined]);

  const wanted = filter.trim().toLowerCase();
  const shown = all.filter(
    (connection) =>
      connection.id === id ||
      [connection.fhir_base, connection.approver?.name ?? '', t(`environment.${connection.environment}`)].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
  );
  const adding = opened.kind === 'new' || (opened.kind === 'copy' && known);
  return (
    <Page
      title={t('page.connections')}
      over={t('step', { step: 1, steps: 5 })}
      lead={w('lead')}
      actions={
        all.length > 0 &&
        !adding && (
          <ButtonLink look="primary" icon="add" href={NEW}>
            {w('add')}
          </ButtonLink>
        )
      }
    >
      {fetched.problem && <ProblemNote problem={fetched.problem} />}
      <Loadable of={list.loaded}>
        {({ next }) => (
          <>
            {opened.kind === 'new' && (
              <Section>
                <ConnectionForm key="new" from={{ kind: 'new' }} list={list} level={2} />
              </Section>
            )}
            {opened.kind === 'copy' && known && (
              <Section>
                <ConnectionForm key={known.id} from={{ kind: 'copy', connection: known }} list={list} level={2} />
              </Section>
            )}
            {all.length === 0 && !adding && <First />}
            {all.length > MANY && (
              <div class="connections-filter">
                <TextField type="search" label={w('filter')} value={filter} onChange={setFilter} />
              </div>
            )}
            {all.length > 0 && shown.length === 0 && (
              <EmptyState
                title={w('filter.none')}
                action={<Button onClick={() => setFilter('')}>{w('filter.clear')}</Button>}
              />
            )}
            <Groups
              connections={shown}
              list={list}
              actions={actions}
              open={opened.kind === 'open' ? opened.id : undefined}
            />
            {next !== null && (
              <More
                shown={w('shown', { count: all.length })}
                unfinished
                busy={list.more.busy}
                problem={list.more.problem}
                onMore={list.more.run}
              />
            )}
          </>
        )}
      </Loadable>
      {actions.dialogs}
    </Page>
  );
}

/** The very beginning: what one should have at hand, and the one button. */
function First() {
  const w = useConnections();
  return (
    <Section>
      <EmptyState
        title={w('first.title')}
        action={
          <ButtonLink look="primary" icon="add" href={NEW}>
            {w('add')}
          </ButtonLink>
        }
      >
        <p>{w('first.text')}</p>
        <ul class="connections-needs">
          {(['url', 'approver', 'clients'] as const).map((need) => (
            <li key={need}>
              <strong>{w(`first.${need}`)}</strong>
              <span>{w(`first.${need}.text`)}</span>
            </li>
          ))}
        </ul>
      </EmptyState>
    </Section>
  );
}
