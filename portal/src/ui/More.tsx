import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api/problem';
import { useCommon } from '../words/common';
import { Button } from './Button';
import { ProblemNote } from './ProblemNote';
import './more.css';

interface Props {
  /** How much of the list is in sight, in words: "100 entries". */
  readonly shown: string;
  readonly unfinished: boolean;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly onMore: () => void;
}

/** The end of a list that comes page by page: how much is shown, and a button for more. */
export function More({ shown, unfinished, busy, problem, onMore }: Props) {
  const t = useCommon();
  const count = useRef<HTMLParagraphElement>(null);
  const before = useRef(unfinished);
  // The button goes with the last page; the focus must not be lost with it.
  useEffect(() => {
    if (before.current && !unfinished) count.current?.focus();
    before.current = unfinished;
  }, [unfinished]);
  return (
    <div class="more no-print">
      {problem && <ProblemNote problem={problem} />}
      <p class="more-count" role="status" tabIndex={-1} ref={count}>
        {shown}
      </p>
      {unfinished && (
        <Button busy={busy} onClick={onMore}>
          {t('more')}
        </Button>
      )}
    </div>
  );
}
