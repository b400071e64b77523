// The frame around everything: skip link, header, navigation, the page, footer.
import { useEffect, useState } from 'preact/hooks';
import { SessionPage } from '../session/SessionPage';
import { ended, session, signIn } from '../session/session';
import { useStore } from '../store';
import { Button } from '../ui/Button';
import { ConfirmDialog, Dialog } from '../ui/Dialog';
import { Toasts } from '../ui/toast';
import { useCommon } from '../words/common';
import { CurrentPage } from './CurrentPage';
import { Footer } from './Footer';
import { Header } from './Header';
import { leaving } from './leaving';
import { Navigation } from './Navigation';
import { isOpen, OpenPage } from './OpenPage';
import { place } from './place';
import './shell.css';

export function App() {
  const t = useCommon();
  const now = useStore(session);
  const { path } = useStore(place);
  const [menu, setMenu] = useState(false);
  const inside = now.kind === 'ready';
  const open = isOpen(path);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes with each move
  useEffect(() => setMenu(false), [path]);
  return (
    <>
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <Header menu={menu} onMenu={inside ? () => setMenu(!menu) : undefined} />
      <div class={`frame${inside ? '' : open ? ' frame-open' : ' frame-alone'}`}>
        {inside && <Navigation roles={now.roles} open={menu} />}
        <main class="main" id="main" tabIndex={-1}>
          {open ? (
            <OpenPage />
          ) : inside ? (
            <CurrentPage roles={now.roles} key={now.stamp.geography} />
          ) : (
            <SessionPage session={now} />
          )}
        </main>
      </div>
      <Footer />
      <Toasts />
      <Leaving />
      <Ended />
    </>
  );
}

/** Asks before entries are lost. */
function Leaving() {
  const t = useCommon();
  const go = useStore(leaving);
  return (
    <ConfirmDialog
      open={go !== undefined}
      title={t('unsaved.title')}
      confirm={t('unsaved.leave')}
      danger
      onConfirm={() => {
        leaving.set(undefined);
        go?.();
      }}
      onClose={() => leaving.set(undefined)}
    >
      <p>{t('unsaved.text')}</p>
    </ConfirmDialog>
  );
}

/** The sign-in ended while a page was open. Nothing is taken away before one has looked at it. */
function Ended() {
  const t = useCommon();
  const over = useStore(ended);
  return (
    <Dialog
      open={over}
      title={t('ended.title')}
      onClose={() => ended.set(false)}
      actions={
        <Button look="primary" onClick={signIn}>
          {t('signin')}
        </Button>
      }
    >
      <p>{t('ended.text')}</p>
    </Dialog>
  );
}
