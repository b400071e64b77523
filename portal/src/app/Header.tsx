import { session, signOut } from '../session/session';
import { useStore } from '../store';
import { Button } from '../ui/Button';
import { useCommon } from '../words/common';

interface Props {
  readonly menu: boolean;
  /** Opens and closes the navigation on a narrow screen; none where there is no navigation. */
  readonly onMenu: (() => void) | undefined;
}

/** Whose portal it is, and who is here. */
export function Header({ menu, onMenu }: Props) {
  const t = useCommon();
  const now = useStore(session);
  const account = 'account' in now ? now.account : undefined;
  return (
    <header class="top">
      {onMenu && (
        <Button
          class="top-menu"
          look="subtle"
          icon={menu ? 'close' : 'menu'}
          aria-label={t('menu')}
          aria-expanded={menu}
          aria-controls="navigation"
          onClick={onMenu}
        />
      )}
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        VisitBridge
      </a>
      {account && (
        <div class="person">
          <span class="person-name" title={account.username}>
            {account.name}
          </span>
          <Button look="subtle" small icon="signout" title={t('signout')} onClick={signOut}>
            <span class="person-leave">{t('signout')}</span>
          </Button>
        </div>
      )}
    </header>
  );
}
