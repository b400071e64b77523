// The pages that anyone may read, signed in or not: the error codes. Loaded when one of them is opened.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../api/problem';
import { useStore } from '../store';
import { Loading } from '../ui/Loading';
import { moves } from '../ui/Page';
import { ProblemNote } from '../ui/ProblemNote';
import { loadWords } from '../words/words';
import { place } from './place';

/** Whether a path is one of theirs. */
export const isOpen = (path: string): boolean => path === '/errors' || path.startsWith('/errors/');

export function OpenPage() {
  const { path } = useStore(place);
  const [shown, setShown] = useState(path);
  const [View, setView] = useState<ComponentType<{ path: string }>>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    Promise.all([import('../pages/errors'), loadWords('errors')]).then(
      ([page]) => setView(() => page.default),
      (thrown) => setProblem(asProblem(thrown)),
    );
  }, []);
  useEffect(() => {
    if (path === shown) return;
    moves.set(moves.get() + 1);
    setShown(path);
    scrollTo(0, 0);
  }, [path, shown]);
  if (problem) return <ProblemNote problem={problem} onRetry={() => location.reload()} />;
  return View ? <View path={shown} /> : <Loading />;
}
