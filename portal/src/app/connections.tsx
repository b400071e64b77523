// What every page about connections needs: the list, one of them, a way to choose, and the words for their states.
import { useEffect } from 'preact/hooks';
import { ask, type Schema } from '../api/client';
import { type Loaded, useLoad } from '../api/hooks';
import { api } from '../session/session';
import { ButtonLink } from '../ui/Button';
import { Loadable } from '../ui/Loading';
import { EmptyState } from '../ui/Page';
import { Select } from '../ui/Select';
import { Badge, type Tone } from '../ui/Small';
import { useCommon } from '../words/common';
import { go, place } from './place';
import { addressOf, find, type PageName } from './routes';
import './connections.css';

export type Connection = Schema<'ConnectionShown'>;

const TONES: Record<Connection['state'], Tone> = {
  draft: 'neutral',
  needs_approval: 'warning',
  approved: 'success',
  rejected: 'danger',
  disabled: 'neutral',
};

/** All connections that the person may see, page by page. */
export async function allConnections(signal: AbortSignal): Promise<Connection[]> {
  const found: Connection[] = [];
  let cursor = '';
  do {
    const query = cursor ? { limit: 500, cursor } : { limit: 500 };
    const page = await ask(api().GET('/connections', { params: { query }, signal }));
    found.push(...page.connections);
    cursor = page.next ?? '';
  } while (cursor);
  return found;
}

export const useConnections = (): Loaded<Connection[]> => useLoad(allConnections, []);

/** One connection, whole. */
export const useConnection = (id: string): Loaded<Connection> =>
  useLoad((signal) => ask(api().GET('/connections/{id}', { params: { path: { id } }, signal })), [id]);

export function StateBadge({ state }: { state: Connection['state'] }) {
  const t = useCommon();
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>;
}

export function EnvironmentBadge({ environment }: { environment: Connection['environment'] }) {
  const t = useCommon();
  return <Badge tone={environment === 'production' ? 'brand' : 'neutral'}>{t(`environment.${environment}`)}</Badge>;
}

/** Where there is one connection only: that one, after going to its page at once. */
export function useOnly(page: PageName, all: Loaded<readonly Connection[]>): Connection | undefined {
  const only = all.data?.length === 1 ? all.data[0] : undefined;
  useEffect(() => {
    // One may have asked for another page meanwhile, which is on its way.
    if (only && find(place.get().path)?.route.name === page) go(addressOf(page, only.id), { replace: true });
  }, [only, page]);
  return only;
}

/** For a page that is about one connection and was opened without one: the only one at once, else a list. */
export function ChooseConnection({ page }: { page: PageName }) {
  const all = useConnections();
  const only = useOnly(page, all);
  if (only) return null;
  return (
    <Loadable of={all}>
      {(list) =>
        list.length === 0 ? (
          <div class="card">
            <NoConnections />
          </div>
        ) : (
          <ul class="choose">
            {list.map((connection) => (
              <li key={connection.id}>
                <a href={addressOf(page, connection.id)}>
                  <span class="choose-url">{connection.fhir_base}</span>
                  <span class="row">
                    <StateBadge state={connection.state} />
                    <EnvironmentBadge environment={connection.environment} />
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )
      }
    </Loadable>
  );
}

/** Nothing to work on yet. Approvers get theirs from an administrator. */
export function NoConnections() {
  const t = useCommon();
  return (
    <EmptyState
      title={t('connections.none.title')}
      action={
        <ButtonLink look="primary" href="/connections">
          {t('connections.none.go')}
        </ButtonLink>
      }
    >
      <p>{t('connections.none.text')}</p>
    </EmptyState>
  );
}

interface BarProps {
  readonly connection: Connection;
  readonly page: PageName;
  /** Which others there is a way to; all if not given. */
  readonly among?: (other: Connection) => boolean;
}

/** Above a page about one connection: which it is, and the way to another. */
export function ConnectionBar({ connection, page, among = () => true }: BarProps) {
  const t = useCommon();
  const all = useConnections();
  const others = all.data?.filter((other) => other.id === connection.id || among(other)) ?? [connection];
  return (
    <div class="connection-bar">
      {others.length > 1 ? (
        <Select
          label={t('connection')}
          value={connection.id}
          options={others.map(({ id, fhir_base, environment }) => ({
            value: id,
            label: `${fhir_base} · ${t(`environment.${environment}`)}`,
          }))}
          onChange={(id) => go(addressOf(page, id))}
        />
      ) : (
        <p class="connection-url">{connection.fhir_base}</p>
      )}
      <div class="row">
        <StateBadge state={connection.state} />
        <EnvironmentBadge environment={connection.environment} />
      </div>
    </div>
  );
}
