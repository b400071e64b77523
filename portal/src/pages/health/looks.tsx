// Looks at several connections: one after the other, each kept while the portal is open.
import { useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { useStore } from '../../store';
import { Icon } from '../../ui/Icon';
import { useProblemText } from '../../ui/ProblemNote';
import { DateTime } from '../../ui/Small';
import { announce } from '../../ui/toast';
import { useHealth } from '../../words/health';
import { diagnose, known } from './findings';
import { ICONS, useVerdict, worstOf } from './Verdict';

export interface Looks {
  /** Ids of those that are being looked at or will be. */
  readonly waiting: readonly string[];
  readonly failed: ReadonlyMap<string, Problem>;
  take(connections: readonly Connection[]): void;
}

export function useLooks(): Looks {
  const verdict = useVerdict();
  const [queue, setQueue] = useState<readonly Connection[]>([]);
  const [failed, setFailed] = useState<ReadonlyMap<string, Problem>>(new Map());
  const now = queue[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first in the queue begins a look, nothing else does
  useEffect(() => {
    if (!now) return;
    const cut = new AbortController();
    const look = async () => {
      const problems = new Map(failed);
      problems.delete(now.id);
      try {
        const found = await diagnose(now.id, cut.signal);
        if (!cut.signal.aborted) announce(`${now.fhir_base}: ${verdict(found)}`);
      } catch (thrown) {
        if (cut.signal.aborted) return;
        problems.set(now.id, asProblem(thrown));
      }
      setFailed(problems);
      setQueue((queued) => queued.filter(({ id }) => id !== now.id));
    };
    void look();
    return () => cut.abort();
  }, [now?.id]);
  return {
    waiting: queue.map(({ id }) => id),
    failed,
    take: (connections) =>
      setQueue((queued) => [...queued, ...connections.filter(({ id }) => !queued.some((one) => one.id === id))]),
  };
}

/** How a connection was when it was looked at last, and when that was. */
export function Summary({ of, looks }: { of: Connection; looks: Looks }) {
  const w = useHealth();
  const verdict = useVerdict();
  const problemText = useProblemText();
  const found = useStore(known).get(of.id);
  const problem = looks.failed.get(of.id);
  if (looks.waiting.includes(of.id)) return <span aria-busy="true">{w('list.running')}</span>;
  if (problem)
    return (
      <span class="health-summary health-error">
        <Icon name="error" />
        {problemText(problem).detail}
      </span>
    );
  if (!found) return <span class="soft">{w('list.none')}</span>;
  const worst = worstOf(found);
  return (
    <span class={`health-summary health-${worst}`}>
      <Icon name={ICONS[worst]} />
      <span>
        {verdict(found)}
        <span class="health-when">
          <DateTime at={found.checked_at} zone={of.zone || 'UTC'} />
        </span>
      </span>
    </span>
  );
}
