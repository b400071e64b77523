// Before there is a page to show: each state of the session that is not `ready`.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../ui/Button';
import { Icon, type IconName } from '../ui/Icon';
import { Loading } from '../ui/Loading';
import { ProblemNote } from '../ui/ProblemNote';
import { Select } from '../ui/Select';
import { useCommon } from '../words/common';
import { chosenTenant, configuration } from './config';
import { choose, chooseTenant, prepare, type Session, signIn, signOut, start } from './session';
import './session.css';

export function SessionPage({ session }: { session: Session }) {
  const t = useCommon();
  switch (session.kind) {
    case 'signed-out':
      return <Welcome left={session.left} />;
    case 'failed':
      return (
        <Card title={t('failed.title')} actions={<SignIn>{t('failed.again')}</SignIn>}>
          <p>{t(`failed.${session.reason}`)}</p>
          {session.code && <p class="soft">{t('failed.code', { code: session.code })}</p>}
        </Card>
      );
    case 'trouble':
      return (
        <Card title={t('trouble.title')}>
          <ProblemNote problem={session.problem} onRetry={start} />
        </Card>
      );
    case 'no-role':
      return (
        <Card title={t('norole.title', { name: session.account.name })} actions={<Leave />}>
          <p>{t('norole.text')}</p>
          <ul class="ways">
            <li>{t('norole.admin')}</li>
            <li>{t('norole.approver')}</li>
            <li>{t('norole.reader')}</li>
          </ul>
          <p class="soft">{t('norole.again')}</p>
        </Card>
      );
    case 'choose':
      return (
        <Card title={t('choose.title')}>
          <p>{t('choose.text')}</p>
          <div class="row">
            {session.stamps.map(({ geography }) => (
              <Button key={geography} onClick={() => choose(geography)}>
                {geography.toUpperCase()}
              </Button>
            ))}
          </div>
        </Card>
      );
    default:
      return <Waiting kind={session.kind === 'leaving' ? 'leaving' : 'starting'} />;
  }
}

/** The signed-out page: what this is, and the one button. */
function Welcome({ left }: { left: boolean }) {
  const t = useCommon();
  useTitle(t('welcome.title'));
  // The library of the sign-in, when all that is seen has been painted.
  useEffect(() => {
    const timer = setTimeout(prepare, 50);
    return () => clearTimeout(timer);
  }, []);
  const points: [IconName, string][] = [
    ['edit', t('welcome.configure')],
    ['check', t('welcome.approve')],
    ['copy', t('welcome.records')],
  ];
  return (
    <div class="welcome">
      <img src="/favicon.svg" alt="" width="56" height="56" />
      {left && (
        <p class="welcome-left" role="status">
          {t('welcome.left')}
        </p>
      )}
      <h1>{t('welcome.title')}</h1>
      <p class="welcome-lead">{t('welcome.lead')}</p>
      <Organisation />
      <SignIn>{t('signin')}</SignIn>
      <ul class="welcome-points">
        {points.map(([icon, text]) => (
          <li key={icon}>
            <Icon name={icon} />
            {text}
          </li>
        ))}
      </ul>
      <p class="soft">{t('welcome.who')}</p>
    </div>
  );
}

/** Whose account one signs in with, where several organisations share the deployment. */
function Organisation() {
  const t = useCommon();
  const { tenants } = configuration();
  const [chosen, setChosen] = useState(() => chosenTenant(configuration()));
  if (tenants.length < 2) return null;
  return (
    <div class="welcome-tenant">
      <Select
        label={t('welcome.tenant')}
        value={chosen}
        options={tenants.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => {
          setChosen(id);
          chooseTenant(id);
        }}
      />
    </div>
  );
}

function Card({
  title,
  children,
  actions,
}: {
  title: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
}) {
  useTitle(title);
  return (
    <div class="session-card card">
      <h1>{title}</h1>
      {children}
      {actions && <div class="form-actions">{actions}</div>}
    </div>
  );
}

function Waiting({ kind }: { kind: 'starting' | 'leaving' }) {
  const t = useCommon();
  return (
    <div class="session-card" aria-busy="true">
      {kind === 'leaving' && <p role="status">{t('leaving')}</p>}
      <Loading lines={5} />
    </div>
  );
}

const SignIn = ({ children }: { children: ComponentChildren }) => (
  <Button look="primary" onClick={signIn}>
    {children}
  </Button>
);

function Leave() {
  const t = useCommon();
  return (
    <Button icon="signout" onClick={signOut}>
      {t('signout')}
    </Button>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · VisitBridge`;
  }, [title]);
}
