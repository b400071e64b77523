// The rules of a connection's texts: one form, saved as a whole.
import { useRef, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { type Loaded, useAction } from '../../api/hooks';
import { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { useUnsaved } from '../../app/leaving';
import type { NumberList } from '../../app/numbers';
import { api } from '../../session/session';
import { Section } from '../../ui/Page';
import { toast } from '../../ui/toast';
import { useSetup } from '../../words/setup';
import { Basics } from './Basics';
import { Confirmations } from './Confirmations';
import { change, changed, FIELDS, type Field, faults, merge, missing, type Rules } from './draft';
import { Needs } from './Needs';
import { Preview } from './Preview';
import { QuietHours } from './QuietHours';
import { Recipients } from './Recipients';
import { Reminders } from './Reminders';
import { SaveBar } from './SaveBar';

interface Props {
  readonly connection: Connection;
  readonly numbers: Loaded<NumberList>;
  /** Undefined while it is not known. */
  readonly consented: boolean | undefined;
  readonly onChanged: (connection: Connection) => void;
}

export function RulesForm({ connection, numbers, consented, onChanged }: Props) {
  const w = useSetup();
  const [rules, setRules] = useState<Rules>(connection.sms);
  const [both, setBoth] = useState<readonly Field[]>([]);
  const [sent, setSent] = useState<Rules>();
  const form = useRef<HTMLFormElement>(null);
  const dirty = changed(connection.sms, rules).length > 0;
  useUnsaved(dirty);
  const set = (some: Partial<Rules>) => setRules((now) => ({ ...now, ...some }));
  const path = { id: connection.id };

  const save = useAction(async () => {
    setSent(rules);
    const wrong = faults(rules);
    if (Object.keys(wrong).length) throw new Problem({ status: 422, code: 'request.invalid', fields: wrong });
    const params = { path, header: { 'If-Match': connection.etag } };
    const body = change(connection.sms, rules) as Schema<'SmsChange'>;
    const { etag, ...sms } = await ask(api().PUT('/connections/{id}/sms', { params, body }));
    onChanged({ ...connection, sms, etag });
    setRules(sms);
    setBoth([]);
    toast(w('saved'));
  });
  const newest = useAction(async () => {
    const found = await ask(api().GET('/connections/{id}', { params: { path } }));
    const merged = merge(connection.sms, rules, found.sms);
    onChanged(found);
    setRules(merged.rules);
    setBoth(merged.both);
    save.clear();
    toast(w('newest.loaded'), 'info');
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!dirty) return;
    await save.run();
    // What is wrong is shown by now; the first of it gets the focus.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  };
  const said422 = save.problem?.status === 422 ? save.problem.fields : {};
  // `templates.es.reminder`
  const refused = Object.keys(said422).flatMap((name) => (name.startsWith('templates.') ? [name.slice(10)] : []));
  const errorOf = (field: Field): string | undefined => {
    const said = field === 'templates' && refused.length ? 'refused' : said422[field];
    // A complaint goes as soon as what it is about is changed.
    if (!said || (sent && changed(sent, rules).includes(field))) return undefined;
    if (said === 'quiet_hours.empty' || said === 'quiet_hours.same') return w(`wrong.${said}`);
    return w(`wrong.${field}`);
  };

  return (
    <form ref={form} class="setup" noValidate onSubmit={submit}>
      <div class="setup-rules">
        <Section title={w('basics')}>
          <Needs
            needs={missing(rules, connection.zone, consented)}
            wanted={rules.enabled}
            connection={connection}
            consented={consented}
          />
          <Basics rules={rules} set={set} errorOf={errorOf} numbers={numbers} />
        </Section>
        <Section title={w('when')} lead={w('when.lead')}>
          <Confirmations value={rules.confirmations} set={set} error={errorOf('confirmations')} />
          <Reminders value={rules.reminders} set={set} error={errorOf('reminders')} />
          <QuietHours value={rules.quiet_hours} zone={connection.zone} set={set} error={errorOf('quiet_hours')} />
        </Section>
        <Section title={w('whom')}>
          <Recipients rules={rules} set={set} errorOf={errorOf} />
        </Section>
      </div>
      <Preview
        id={connection.id}
        rules={rules}
        saved={connection.sms.templates}
        set={set}
        refused={errorOf('templates') ? refused : []}
      />
      <SaveBar
        dirty={dirty}
        save={save}
        newest={newest}
        both={both}
        marked={FIELDS.some((field) => errorOf(field) !== undefined)}
        onDiscard={() => {
          setRules(connection.sms);
          save.clear();
        }}
      />
    </form>
  );
}
