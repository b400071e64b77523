// The connections in sight: the pages loaded so far, and what changes have made of them.
import { useRef } from 'preact/hooks';
import { ask } from '../../api/client';
import { type Action, type Loaded, useAction, useLoad } from '../../api/hooks';
import type { Connection } from '../../app/connections';
import { api } from '../../session/session';
import type { Change } from './entries';

const A_PAGE = 100;

interface Pages {
  readonly connections: readonly Connection[];
  readonly next: string | null;
}

export interface ConnectionsInSight {
  readonly loaded: Loaded<Pages>;
  readonly more: Action<[], void>;
  /** Puts a connection in place, or adds it. */
  put(connection: Connection): void;
  drop(id: string): void;
}

const load = async (cursor: string, signal?: AbortSignal): Promise<Pages> => {
  const query = cursor ? { limit: A_PAGE, cursor } : { limit: A_PAGE };
  return ask(api().GET('/connections', { params: { query }, ...(signal ? { signal } : {}) }));
};

/** The order in which the API gives them. */
const place = ({ fhir_base, environment, id }: Connection) => `${fhir_base} ${environment} ${id}`;
const sorted = (connections: readonly Connection[]) =>
  [...connections].sort((one, other) => (place(one) < place(other) ? -1 : 1));

export function useConnectionsInSight(): ConnectionsInSight {
  const loaded = useLoad((signal) => load('', signal), []);
  // What is being done may end after others have changed the list: the newest counts, not the one it began with.
  const latest = useRef(loaded.data);
  latest.current = loaded.data;
  const now = () => latest.current ?? { connections: [], next: null };
  const without = (id: string) => now().connections.filter((one) => one.id !== id);
  const more = useAction(async () => {
    const page = await load(now().next ?? '');
    const known = new Set(page.connections.map(({ id }) => id));
    const before = now().connections.filter(({ id }) => !known.has(id));
    loaded.set({ connections: sorted([...before, ...page.connections]), next: page.next });
  });
  return {
    loaded,
    more,
    put: (connection) => loaded.set({ ...now(), connections: sorted([...without(connection.id), connection]) }),
    drop: (id) => loaded.set({ ...now(), connections: without(id) }),
  };
}

export const showConnection = (id: string): Promise<Connection> =>
  ask(api().GET('/connections/{id}', { params: { path: { id } } }));

/** Changes what was seen, and nothing newer. */
export function changeConnection(seen: Connection, body: Change, confirm: boolean): Promise<Connection> {
  const query = confirm ? { confirm } : {};
  const params = { path: { id: seen.id }, header: { 'If-Match': seen.etag }, query };
  return ask(api().PATCH('/connections/{id}', { params, body }));
}

export async function removeConnection(seen: Connection, confirm: boolean): Promise<void> {
  const query = confirm ? { confirm } : {};
  const params = { path: { id: seen.id }, header: { 'If-Match': seen.etag }, query };
  await ask(api().DELETE('/connections/{id}', { params }));
}
