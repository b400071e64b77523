// Saving the form: as a draft, or asking for approval; what comes back is sorted by where it is shown.
import { useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { remember } from '../../memory';
import { api } from '../../session/session';
import { type Asking, useAsking } from './asking';
import { bodyOf, changedFields, type Entries, entriesOf, FIELDS, type Field } from './entries';
import { changeConnection, showConnection } from './list';

/** From what a form begins: nothing, another connection, or the one to change. */
export type From =
  | { kind: 'new' }
  | { kind: 'copy'; connection: Connection }
  | { kind: 'edit'; connection: Connection };

/** Somebody else was faster. */
export interface Overtaken {
  readonly newest: Connection;
  readonly fields: readonly string[];
}

interface Given {
  readonly from: From;
  /** The connection as it was when the form was filled; undefined for a new one. */
  readonly seen: Connection | undefined;
  readonly onSaved: (connection: Connection, asked: boolean) => void;
}

export interface Saving {
  readonly action: Asking<[Entries, boolean], void>;
  readonly overtaken: Overtaken | undefined;
  /** The person has dealt with it. */
  settle(): void;
}

export function useSaving({ from, seen, onSaved }: Given): Saving {
  const [overtaken, setOvertaken] = useState<Overtaken>();
  const key = useRef({ of: '', is: '' });
  const add = (entries: Entries, asks: boolean): Promise<Connection> => {
    const given = FIELDS.filter((field) => entries[field] !== null && entries[field] !== '');
    const { approver, ...body } = bodyOf(entries, given);
    const whole = {
      ...body,
      ...(approver ? { approver } : {}),
      ...(from.kind === 'copy' ? { copy_of: from.connection.id } : {}),
      state: asks ? ('needs_approval' as const) : ('draft' as const),
    };
    // The same form again, after a lost answer, makes no second connection; another form is another thing.
    const of = JSON.stringify(whole);
    if (key.current.of !== of) key.current = { of, is: crypto.randomUUID() };
    const params = { header: { 'Idempotency-Key': key.current.is } };
    return ask(api().POST('/connections', { params, body: whole }));
  };
  const change = (known: Connection, entries: Entries, asks: boolean, confirmed: boolean): Promise<Connection> => {
    const fields: Field[] = changedFields(entriesOf(known), entries);
    const state = asks ? { state: 'needs_approval' as const } : {};
    return changeConnection(known, { ...bodyOf(entries, fields), ...state }, confirmed);
  };
  const action = useAsking(async (confirmed: boolean, entries: Entries, asks: boolean) => {
    setOvertaken(undefined);
    try {
      const saved = await (seen ? change(seen, entries, asks, confirmed) : add(entries, asks));
      remember('connection', saved.id);
      onSaved(saved, asks || saved.state === 'needs_approval');
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412 || !seen) throw thrown;
      setOvertaken({ newest: await showConnection(seen.id), fields: Object.keys(thrown.fields) });
    }
  });
  return { action, overtaken, settle: () => setOvertaken(undefined) };
}
