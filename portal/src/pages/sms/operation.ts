// An operation goes on by itself; this only looks how it stands, until it has ended.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { api } from '../../session/session';

export type Operation = Schema<'OperationShown'>;

const OFTEN_MS = 2_000;
const SELDOM_MS = 15_000;
/** It takes two minutes at most, they say; after that there is no hurry any more. */
const HURRY_LOOKS = 60;

/** How long to wait after so many looks, the last of which have failed. */
export function pause(looks: number, failures: number): number {
  const slower = Math.max(0, looks - HURRY_LOOKS) + failures;
  return Math.min(OFTEN_MS * 1.5 ** slower, SELDOM_MS);
}

/** Looks at an operation every two seconds, and at once when the tab is looked at again; never while it is not.
 *
 * Returns why nothing was heard the last time; a problem that does not pass ends the looking.
 */
export function useWatched(id: string | undefined, onNews: (operation: Operation) => void): Problem | undefined {
  const [problem, setProblem] = useState<Problem>();
  const tell = useRef(onNews);
  tell.current = onNews;
  useEffect(() => {
    setProblem(undefined);
    if (!id) return;
    const cut = new AbortController();
    let timer = 0;
    let looks = 0;
    let failures = 0;
    let over = false;
    const look = async () => {
      clearTimeout(timer);
      if (document.hidden || over) return;
      looks += 1;
      try {
        const call = api().GET('/operations/{id}', { params: { path: { id } }, signal: cut.signal });
        const operation = await ask(call);
        if (cut.signal.aborted) return;
        failures = 0;
        setProblem(undefined);
        over = operation.state !== 'running';
        tell.current(operation);
      } catch (thrown) {
        if (cut.signal.aborted) return;
        failures += 1;
        const found = asProblem(thrown);
        over = !found.passing;
        setProblem(found);
      }
      clearTimeout(timer);
      if (!over) timer = window.setTimeout(look, pause(looks, failures));
    };
    const back = () => void look();
    timer = window.setTimeout(look, OFTEN_MS);
    document.addEventListener('visibilitychange', back);
    return () => {
      over = true;
      cut.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [id]);
  return problem;
}
