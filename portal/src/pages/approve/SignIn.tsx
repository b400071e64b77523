// Step 1: the sign-in to Epic, in this tab. It comes back to this page, with `?refused=` if it came to nothing.
import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../../api/client';
import { type Loaded, useAction } from '../../api/hooks';
import type { Connection } from '../../app/connections';
import { addressOf } from '../../app/routes';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { useApprove } from '../../words/approve';
import { useFormat } from '../../words/format';
import { Step } from './Step';

const REFUSED = [
  'launch.ehr_refused',
  'launch.identity_invalid',
  'launch.wrong_role',
  'connection.changed',
  'approval.not_approver',
  'unavailable',
] as const;
const isKnown = (code: string): code is (typeof REFUSED)[number] => (REFUSED as readonly string[]).includes(code);
/** Whoever comes back from Epic's page by the browser's own button must be able to press again. */
const LEAVING_MS = 10_000;

interface Props {
  readonly connection: Connection;
  readonly loaded: Loaded<Connection>;
  readonly signedIn: boolean;
  /** Seconds for which the sign-in still counts, if that is known. */
  readonly left: number | undefined;
  /** One was signed in, and is no longer. */
  readonly over: boolean;
  /** Why the last sign-in came to nothing. */
  readonly refused: string;
  /** It is what comes next, whatever had the focus: that is gone. */
  readonly wanted: boolean;
}

export function SignIn({ connection, loaded, signedIn, left, over, refused, wanted }: Props) {
  const w = useApprove();
  const format = useFormat();
  const { id } = connection;
  const frame = useRef<HTMLDivElement>(null);
  const start = useAction(async () => {
    try {
      const { url } = await ask(api().POST('/connections/{id}/approval/start', { params: { path: { id } } }));
      location.assign(url);
      await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    } catch (thrown) {
      loaded.reload(); // somebody else may be named by now, or it was disabled
      throw thrown;
    }
  });
  useEffect(() => {
    if (wanted && !signedIn) frame.current?.querySelector<HTMLElement>('.button-primary')?.focus();
  }, [wanted, signedIn]);
  if (signedIn) {
    const time = left !== undefined && format.duration(left < 60 ? left : left - (left % 60));
    const lead = [w('signin.done'), time && w('signin.left', { time })].filter(Boolean).join(' ');
    return <Step number={1} title={w('signin')} lead={lead} done />;
  }
  return (
    <Step
      number={1}
      title={w('signin')}
      lead={w('signin.text', { host: new URL(connection.endpoints?.authorize || connection.fhir_base).host })}
    >
      <div class="stack" ref={frame}>
        {over && (
          <Banner tone="warning" live title={w('signin.over')}>
            <p>{w('signin.over.text')}</p>
          </Banner>
        )}
        {refused && !over && <Refused code={refused} id={id} />}
        {start.problem && <ProblemNote problem={start.problem} />}
        <div class="form-actions">
          <Button look="primary" icon="external" busy={start.busy} onClick={() => start.run()}>
            {start.busy ? w('signin.opening') : w(over || refused ? 'signin.again' : 'signin')}
          </Button>
        </div>
      </div>
    </Step>
  );
}

function Refused({ code, id }: { code: string; id: string }) {
  const w = useApprove();
  return (
    <Banner tone="error" live title={w('refused')}>
      <p>{w(isKnown(code) ? `refused.${code}` : 'refused.other')}</p>
      <p class="approve-code">
        <span class="code">{/^[a-z_.]{1,40}$/.test(code) ? code : ''}</span>{' '}
        <a href={addressOf('health', id)}>{w('refused.health')}</a>
      </p>
    </Banner>
  );
}
