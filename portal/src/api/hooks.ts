// Loading and doing, with what a page must show of each.
import type { Inputs } from 'preact/hooks';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from './problem';

const aborted = (thrown: unknown) => thrown instanceof DOMException && thrown.name === 'AbortError';

export interface Loaded<T> {
  /** Undefined until something came; kept while it is loaded anew. */
  readonly data: T | undefined;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  reload(): void;
  /** Puts what a change has answered in place, without loading it again. */
  set(data: T): void;
}

/** Loads now and whenever an input changes; what is no longer wanted is cut off. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Loaded<T> {
  const [state, setState] = useState<{ data?: T; problem?: Problem; loading: boolean }>({ loading: true });
  const [round, setRound] = useState(0);
  const before = useRef(inputs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says what the load depends on
  useEffect(() => {
    const cut = new AbortController();
    const same = before.current.every((value, index) => Object.is(value, inputs[index]));
    before.current = inputs;
    // What belongs to another input must not be shown under this one.
    setState((now) => (same && now.data !== undefined ? { data: now.data, loading: true } : { loading: true }));
    load(cut.signal).then(
      (data) => cut.signal.aborted || setState({ data, loading: false }),
      (thrown) => {
        if (cut.signal.aborted || aborted(thrown)) return;
        setState((now) => ({ ...now, problem: asProblem(thrown), loading: false }));
      },
    );
    return () => cut.abort();
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const set = useCallback((data: T) => setState({ data, loading: false }), []);
  return { data: state.data, loading: state.loading, problem: state.problem, reload, set };
}

export interface Action<Given extends unknown[], T> {
  /** Does it, one at a time; undefined if it failed (`problem` says why) or is being done already. */
  run(...given: Given): Promise<T | undefined>;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  clear(): void;
}

/** Something done on demand: saving, removing. */
export function useAction<Given extends unknown[], T>(act: (...given: Given) => Promise<T>): Action<Given, T> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);
  const latest = useRef(act);
  latest.current = act;
  const run = useCallback(async (...given: Given): Promise<T | undefined> => {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      return await latest.current(...given);
    } catch (thrown) {
      if (!aborted(thrown)) setProblem(asProblem(thrown));
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(undefined), []);
  return { run, busy, problem, clear };
}
