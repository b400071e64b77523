// Its approver's view: what was decided, or the three steps to a decision.
import { useEffect, useState } from 'preact/hooks';
import type { Loaded } from '../../api/hooks';
import type { Connection } from '../../app/connections';
import { place } from '../../app/place';
import { useStore } from '../../store';
import { announce } from '../../ui/toast';
import { useApprove } from '../../words/approve';
import { useCountdown } from './countdown';
import { Decide } from './Decide';
import { Look } from './Look';
import { Outcome } from './Outcome';
import { SignIn } from './SignIn';
import { Stale } from './Stale';
import { What } from './What';

interface Props {
  readonly connection: Connection;
  readonly loaded: Loaded<Connection>;
}

/** Seconds before the end at which one is told. */
const SOON = 120;

export function Deciding({ connection, loaded }: Props) {
  const w = useApprove();
  const { search } = useStore(place);
  const { approval, state } = connection;
  const refused = new URLSearchParams(search).get('refused') ?? '';
  const [again, setAgain] = useState(false);
  const [over, setOver] = useState(false);
  const [decided, setDecided] = useState(false);
  // What was there when one came is what one has seen, until one says that one has seen what it is now.
  const [seen, setSeen] = useState(approval);
  const left = useCountdown(approval.signed_in_until, () => {
    setOver(true);
    loaded.reload();
  });
  const signedIn = approval.signed_in_until !== null && left !== 0;
  const soon = left !== undefined && left > 0 && left <= SOON;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once; the words are made anew each time it is drawn
  useEffect(() => {
    if (soon) announce(w('signin.soon'));
  }, [soon]);
  const stale = seen.configuration !== approval.configuration;
  const settled = state === 'approved' || state === 'rejected';
  // What the address says of an earlier sign-in is no longer true of what was decided since.
  if (settled && !again && !signedIn && (decided || !refused))
    return (
      <>
        <Outcome connection={connection} fresh={decided} onAgain={() => setAgain(true)} />
        <Look connection={connection} />
      </>
    );
  return (
    <>
      {stale && (
        <Stale key={approval.configuration} connection={connection} seen={seen} onSeen={() => setSeen(approval)} />
      )}
      <What />
      <SignIn
        connection={connection}
        loaded={loaded}
        signedIn={signedIn}
        left={left}
        over={over}
        refused={refused}
        wanted={over || again}
      />
      <Look connection={connection} step={2} />
      <Decide
        connection={connection}
        signedIn={signedIn}
        onDecided={(newest) => {
          setAgain(false);
          setDecided(true);
          loaded.set(newest);
        }}
        onMoved={(code) => {
          setOver(code === 'approval.evidence_missing');
          loaded.reload();
        }}
      />
    </>
  );
}
