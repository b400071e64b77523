// Who is looking, and which connections name them.
import type { Connection } from '../../app/connections';
import { session } from '../../session/session';
import { useStore } from '../../store';

export interface Viewer {
  readonly oid: string;
  readonly admin: boolean;
  /** Whether a connection names them as its approver. */
  names(connection: Connection): boolean;
}

/** The person who is signed in to the portal. */
export function useViewer(): Viewer {
  const now = useStore(session);
  const oid = now.kind === 'ready' ? now.me.oid : '';
  return {
    oid,
    admin: now.kind === 'ready' && now.me.admin,
    names: ({ approver }) => approver !== null && approver.oid === oid,
  };
}
