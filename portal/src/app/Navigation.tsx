// The steps of setting up, numbered, and what one looks after later.
import { recall } from '../memory';
import { choose, type Role, session } from '../session/session';
import { useStore } from '../store';
import { Icon, type IconName } from '../ui/Icon';
import { Select } from '../ui/Select';
import { useCommon } from '../words/common';
import { place } from './place';
import { addressOf, find, type Route, visible } from './routes';

const ICONS: Partial<Record<Route['name'], IconName>> = {
  health: 'pulse',
  reports: 'chart',
  people: 'people',
  activity: 'trail',
};

function Item({ route, current }: { route: Route; current: boolean }) {
  const t = useCommon();
  const icon = ICONS[route.name];
  return (
    <li>
      <a
        class="nav-link"
        href={addressOf(route.name, recall('connection'))}
        aria-current={current ? 'page' : undefined}
      >
        {route.step ? <span class="nav-number">{route.step}</span> : icon && <Icon name={icon} />}
        {t(`page.${route.name}`)}
      </a>
    </li>
  );
}

export function Navigation({ roles, open }: { roles: readonly Role[]; open: boolean }) {
  const t = useCommon();
  const current = find(useStore(place).path)?.route.name;
  const pages = visible(roles);
  const group = (title: string, routes: Route[], List: 'ol' | 'ul') =>
    routes.length > 0 && (
      <>
        <h2 class="nav-title">{title}</h2>
        <List class={List === 'ol' ? 'nav-steps' : 'nav-list'}>
          {routes.map((route) => (
            <Item key={route.name} route={route} current={route.name === current} />
          ))}
        </List>
      </>
    );
  return (
    <nav class={`side${open ? ' side-open' : ''}`} id="navigation" aria-label={t('nav')}>
      <Geography />
      {group(
        t('nav.setup'),
        pages.filter(({ step }) => step),
        'ol',
      )}
      {group(
        t('nav.care'),
        pages.filter(({ step }) => !step),
        'ul',
      )}
      <Person />
    </nav>
  );
}

/** On a phone the header has no room for the name. */
function Person() {
  const now = useStore(session);
  return now.kind === 'ready' && <p class="side-person">{now.account.name}</p>;
}

/** Which geography one works in, where there are several. */
function Geography() {
  const t = useCommon();
  const now = useStore(session);
  if (now.kind !== 'ready' || now.stamps.length < 2) return null;
  const options = now.stamps.map(({ geography }) => ({ value: geography, label: geography.toUpperCase() }));
  return <Select label={t('geography')} value={now.stamp.geography} options={options} onChange={choose} />;
}
