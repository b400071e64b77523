import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { usePaged } from '../../api/paged';
import { useConnections } from '../../app/connections';
import { useNames } from '../../app/names';
import { api } from '../../session/session';
import { Loadable } from '../../ui/Loading';
import { EmptyState, Page, Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { useCommon } from '../../words/common';
import { usePeople } from '../../words/people';
import { Clinicians } from './Clinicians';
import type { Clinician } from './filter';

async function pageOf(cursor: string, signal?: AbortSignal) {
  const query = cursor ? { cursor } : {};
  const { clinicians, next } = await ask(api().GET('/clinicians', { params: { query }, ...(signal && { signal }) }));
  return { items: clinicians, next };
}

export default function PeoplePage() {
  const t = useCommon();
  const w = usePeople();
  const list = usePaged<Clinician>(pageOf, []);
  const connections = useConnections();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const linked = list.items.filter(({ id }) => !gone.has(id));
  const names = useNames(linked.map(({ oid }) => oid));
  return (
    <Page title={t('page.people')} lead={w('lead')}>
      {connections.problem && <ProblemNote problem={connections.problem} onRetry={connections.reload} />}
      {names.problem && <ProblemNote problem={names.problem} onRetry={names.retry} />}
      <Loadable of={list.first} lines={6}>
        {() =>
          linked.length === 0 && !list.unfinished ? (
            <Section>
              <EmptyState title={w('none.title')}>
                <p>{w('none.text')}</p>
              </EmptyState>
            </Section>
          ) : (
            <Clinicians
              list={list}
              linked={linked}
              connections={connections.data ?? []}
              names={names}
              onGone={(id) => setGone(new Set([...gone, id]))}
            />
          )
        }
      </Loadable>
      <Section title={w('patients.title')}>
        <div class="people-prose">
          <p>{w('patients.text')}</p>
          <p>{w('patients.phone')}</p>
        </div>
      </Section>
    </Page>
  );
}
