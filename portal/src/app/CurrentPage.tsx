// The page at the address, with its words, when both are there; until then the one before stays.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../api/problem';
import { recall, remember } from '../memory';
import type { Role } from '../session/session';
import { useStore } from '../store';
import { ButtonLink } from '../ui/Button';
import { Loading } from '../ui/Loading';
import { EmptyState, moves, Page } from '../ui/Page';
import { ProblemNote } from '../ui/ProblemNote';
import { useCommon } from '../words/common';
import { loadWords } from '../words/words';
import { PAGES } from './pages';
import { go, place } from './place';
import { type Found, find, type PageProps, visible } from './routes';
import { StepsEnd } from './StepsEnd';

type Shown = { path: string; found: Found; View: ComponentType<PageProps> };

export function CurrentPage({ roles }: { roles: readonly Role[] }) {
  const { path } = useStore(place);
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<Problem>();
  const found = find(path);
  const allowed = found && visible(roles).includes(found.route);

  useEffect(() => {
    if (path === '/') go(home(roles), { replace: true });
  }, [path, roles]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path says it all
  useEffect(() => {
    if (!found || !allowed) return;
    let wanted = true;
    setProblem(undefined);
    Promise.all([PAGES[found.route.name](), loadWords(found.route.name)]).then(
      ([page]) => {
        if (!wanted) return;
        if (shown) moves.set(moves.get() + 1);
        setShown({ path, found, View: page.default });
        if (found.route.step) remember('place', found.route.path);
        if (found.id) remember('connection', found.id);
        scrollTo(0, 0);
      },
      // The files of an older version are gone after a new one was put up: loading the page anew gets it.
      (thrown) => wanted && setProblem(asProblem(thrown)),
    );
    return () => {
      wanted = false;
    };
  }, [path, allowed]);

  if (problem) return <ProblemNote problem={problem} onRetry={() => location.reload()} />;
  if (path === '/') return <Loading />;
  if (!found) return <NoPage kind="missing" />;
  if (!allowed) return <NoPage kind="forbidden" />;
  if (!shown) return <Loading />;
  const { View } = shown;
  return (
    <>
      <View key={shown.found.route.name + (shown.found.id ?? '')} id={shown.found.id} />
      <StepsEnd now={shown.found.route} roles={roles} />
    </>
  );
}

/** Where `/` leads: the step one was at, else the first that one may see. */
function home(roles: readonly Role[]): string {
  const mine = visible(roles);
  const kept = recall('place');
  return (mine.find(({ path }) => path === kept) ?? mine[0])?.path ?? '/health';
}

function NoPage({ kind }: { kind: 'missing' | 'forbidden' }) {
  const t = useCommon();
  return (
    <Page title={t(`nopage.${kind}.title`)}>
      <EmptyState
        title={t(`nopage.${kind}.head`)}
        action={
          <ButtonLink look="primary" href="/">
            {t('nopage.home')}
          </ButtonLink>
        }
      >
        <p>{t(`nopage.${kind}.text`)}</p>
      </EmptyState>
    </Page>
  );
}
