// What a row's menu does: asks where it must, does it, and keeps what went wrong for the row to show.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { ConfirmDialog } from '../../ui/Dialog';
import { toast } from '../../ui/toast';
import { useConnections } from '../../words/connections';
import { focusPage, focusRow } from './addresses';
import { AskDialog, useAsking } from './asking';
import { type ConnectionsInSight, changeConnection, removeConnection, showConnection } from './list';

type Kind = 'disable' | 'ask' | 'remove';
interface Wanted {
  readonly kind: Kind;
  readonly connection: Connection;
}

export interface RowActions {
  /** Asks first, except where it only asks for approval. */
  start(kind: Kind, connection: Connection): void;
  /** The connection that something is being done to. */
  readonly busy: string | undefined;
  readonly trouble: { readonly id: string; readonly problem: Problem } | undefined;
}

export function useRowActions(list: ConnectionsInSight): RowActions & { dialogs: JSX.Element } {
  const w = useConnections();
  const [wanted, setWanted] = useState<Wanted>();
  const [last, setLast] = useState<Wanted>();
  const acting = useAsking(async (confirmed: boolean, { kind, connection }: Wanted) => {
    setLast({ kind, connection });
    try {
      if (kind === 'remove') {
        await removeConnection(connection, confirmed);
        list.drop(connection.id);
        toast(w('removed'));
        focusPage();
      } else {
        const state = kind === 'disable' ? 'disabled' : 'needs_approval';
        list.put(await changeConnection(connection, { state }, confirmed));
        toast(kind === 'disable' ? w('disabled') : w('asked', { name: connection.approver?.name ?? '' }));
        focusRow(connection.id);
      }
    } catch (thrown) {
      // Somebody else was here: the row shows what is, so that the next attempt is made knowing it.
      if (thrown instanceof Problem && thrown.status === 412) list.put(await showConnection(connection.id));
      throw thrown;
    }
  });
  const start = (kind: Kind, connection: Connection) => {
    acting.clear();
    if (kind === 'ask') void acting.run({ kind, connection });
    else setWanted({ kind, connection });
  };
  const proceed = async () => {
    if (!wanted) return;
    await acting.run(wanted);
    setWanted(undefined);
  };
  const about = wanted?.connection;
  const going =
    last?.kind === 'remove' ? w('remove.anyway') : last?.kind === 'ask' ? w('ask.anyway') : w('disable.anyway');
  return {
    start,
    busy: acting.busy ? last?.connection.id : undefined,
    trouble: acting.problem && last ? { id: last.connection.id, problem: acting.problem } : undefined,
    dialogs: (
      <>
        <ConfirmDialog
          open={wanted?.kind === 'disable'}
          title={w('disable.title')}
          confirm={w('disable')}
          danger
          busy={acting.busy}
          onConfirm={proceed}
          onClose={() => setWanted(undefined)}
        >
          <p class="connections-which">{about?.fhir_base}</p>
          <p>{w('disable.text')}</p>
        </ConfirmDialog>
        <ConfirmDialog
          open={wanted?.kind === 'remove'}
          title={w('remove.title')}
          confirm={w('remove')}
          danger
          busy={acting.busy}
          onConfirm={proceed}
          onClose={() => setWanted(undefined)}
        >
          <p class="connections-which">{about?.fhir_base}</p>
          <p>{w('remove.text')}</p>
        </ConfirmDialog>
        <AskDialog asking={acting} going={going} />
      </>
    ),
  };
}
