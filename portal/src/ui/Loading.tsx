import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Loaded } from '../api/hooks';
import { useCommon } from '../words/common';
import { ProblemNote } from './ProblemNote';
import './loading.css';

/** Sooner than this it would only flicker. */
const PATIENCE_MS = 200;

/** Grey lines where something will be. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const t = useCommon();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="loading" role="status" aria-busy="true">
      {late && (
        <>
          <span class="unseen">{t('loading')}</span>
          {Array.from({ length: lines }, (_, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
            <span class="skeleton" key={line} aria-hidden="true" />
          ))}
        </>
      )}
    </div>
  );
}

interface Props<T> {
  readonly of: Loaded<T>;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}

/** What is loaded, or how far that got: lines while it comes, the problem with "Try again" if it does not. */
export function Loadable<T>({ of, lines = 4, children }: Props<T>) {
  return (
    <>
      {of.problem && <ProblemNote problem={of.problem} onRetry={of.reload} />}
      {of.data !== undefined ? children(of.data) : of.loading && <Loading lines={lines} />}
    </>
  );
}
