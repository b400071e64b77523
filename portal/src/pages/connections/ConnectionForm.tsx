// The form of a connection, new, copied or as it stands; it opens in the page, where the connection is.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { useUnsaved } from '../../app/leaving';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useConnections } from '../../words/connections';
import { ownZone } from '../../words/format';
import { AdvancedPart } from './AdvancedPart';
import { close, focusIfLost, focusRow } from './addresses';
import { AskDialog } from './asking';
import { BasicsPart } from './BasicsPart';
import { ClientsPart } from './ClientsPart';
import {
  changedFields,
  copyOf,
  type Entries,
  emptyEntries,
  entriesOf,
  FIELDS,
  type Field,
  onTopOf,
  wrongOf,
} from './entries';
import { FormEnd } from './FormEnd';
import type { FormProps } from './formProps';
import type { ConnectionsInSight } from './list';
import { OvertakenNote } from './OvertakenNote';
import { PoolPart, RoomPart } from './RoomPart';
import { type From, useSaving } from './useSaving';
import './form.css';

interface Props {
  readonly from: From;
  readonly list: ConnectionsInSight;
  /** Of the form's heading: 2, or 3 below a group's. */
  readonly level: 2 | 3;
}

const begin = (from: From): Entries =>
  from.kind === 'new'
    ? emptyEntries(ownZone())
    : from.kind === 'copy'
      ? copyOf(from.connection)
      : entriesOf(from.connection);

/** These belong to a field: there they are shown. */
const ofUrl = (problem: Problem | undefined) =>
  problem?.code.startsWith('connection.url') || problem?.code === 'connection.not_smart';

export function ConnectionForm({ from, list, level }: Props) {
  const w = useConnections();
  const [seen, setSeen] = useState<Connection | undefined>(from.kind === 'edit' ? from.connection : undefined);
  const [first] = useState(() => begin(from));
  const [entries, setEntries] = useState(first);
  const [tried, setTried] = useState<{ readonly whole: boolean }>();
  const [mended, setMended] = useState<readonly Field[]>([]);
  const frame = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const before = seen ? entriesOf(seen) : first;
  const changed = changedFields(before, entries);
  useUnsaved(changed.length > 0);

  const onSaved = (connection: Connection, asked: boolean) => {
    list.put(connection);
    const name = connection.approver?.name ?? '';
    toast(connection.state === 'draft' ? w('saved.draft') : asked ? w('saved.asked', { name }) : w('saved'));
    close({ saved: true });
    focusRow(connection.id);
  };
  const { action, overtaken, settle } = useSaving({ from, seen, onSaved });
  const { problem } = action;
  const exists = problem?.code === 'connection.exists';
  const wrong = tried ? wrongOf(before, entries, tried.whole) : {};

  // biome-ignore lint/correctness/useExhaustiveDependencies: when it opens
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    frame.current?.scrollIntoView({ block: 'nearest' });
    return () => focusIfLost(from.kind === 'edit' ? from.connection.id : undefined);
  }, []);
  // What is wrong, whoever said so, is where one goes on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each attempt
  useEffect(() => {
    if (!tried && !problem) return;
    // What the check says of the URL stands in nobody's way who saves a draft.
    const found = wrong.fhir_base || ofUrl(problem) || exists || problem?.fields.fhir_base;
    const place = found ? '[aria-invalid=true]' : '[aria-invalid=true]:not(.connections-url *)';
    frame.current?.querySelector<HTMLElement>(place)?.focus();
  }, [tried, problem]);

  const form: FormProps = {
    entries,
    level: level + 1,
    set(field, value) {
      setEntries((now) => ({ ...now, [field]: value }));
      setMended((fields) => [...fields, field]);
    },
    error(field) {
      const own = wrong[field];
      if (own) return w(`wrong.${own}`);
      return mended.includes(field) ? undefined : problem?.fields[field];
    },
  };
  const save = (asks: boolean) => {
    setMended([]);
    setTried(undefined);
    if (Object.keys(wrongOf(before, entries, asks)).length) {
      action.clear();
      setTried({ whole: asks });
      return;
    }
    if (seen && !changed.length && !asks) return close({ saved: true });
    void action.run(entries, asks);
  };
  const takeNewest = (keep: boolean) => {
    if (!overtaken) return;
    const newest = entriesOf(overtaken.newest);
    setEntries(keep ? onTopOf(newest, before, entries) : newest);
    setSeen(overtaken.newest);
    list.put(overtaken.newest);
    settle();
    heading.current?.focus();
  };
  const Head = `h${level}` as 'h2';
  const named = Object.keys(problem?.fields ?? {});
  const known = named.length > 0 && named.every((name) => (FIELDS as readonly string[]).includes(name));
  const elsewhere = ofUrl(problem) || exists || (problem?.code === 'request.invalid' && known);
  return (
    <form
      class="connections-form"
      ref={frame}
      noValidate
      aria-label={w(`form.${from.kind}`)}
      onSubmit={(event) => event.preventDefault()}
    >
      <div class="connections-form-head">
        <Head ref={heading} tabIndex={-1}>
          {w(`form.${from.kind}`)}
        </Head>
        <p>
          {from.kind === 'copy' ? w('form.copy.lead', { url: from.connection.fhir_base }) : w(`form.${from.kind}.lead`)}
        </p>
      </div>
      <BasicsPart
        {...form}
        refused={ofUrl(problem) && !mended.includes('fhir_base') ? problem : undefined}
        taken={exists && !mended.includes('fhir_base') && !mended.includes('environment')}
        others={(list.loaded.data?.connections ?? []).filter(({ id }) => id !== seen?.id)}
      />
      <ClientsPart {...form} />
      <PoolPart {...form} />
      <RoomPart {...form} />
      <AdvancedPart {...form} />
      {overtaken && <OvertakenNote overtaken={overtaken} changed={changed} onTake={takeNewest} />}
      {problem && !elsewhere && <ProblemNote problem={problem} />}
      <FormEnd seen={seen} changed={changed} entries={entries} busy={action.busy} onSave={save} />
      <AskDialog asking={action} going={w('save.anyway')} />
    </form>
  );
}
