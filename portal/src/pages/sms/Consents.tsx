// The two consents without which no text leaves. A tick counts at once, under the name of who ticked it.
import { useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { type Loaded, useAction } from '../../api/hooks';
import { useNames } from '../../app/names';
import { bothGiven, type Consents } from '../../app/numbers';
import { api } from '../../session/session';
import { Checkbox } from '../../ui/Choices';
import { ConfirmDialog } from '../../ui/Dialog';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { Badge } from '../../ui/Small';
import { toast } from '../../ui/toast';
import { ownZone, useFormat } from '../../words/format';
import { useSms } from '../../words/sms';

type Kind = keyof Consents;
const KINDS: readonly Kind[] = ['sms_terms', 'patient_consent'];

export function ConsentsSection({ consents }: { consents: Loaded<Consents> }) {
  const w = useSms();
  const [withdrawing, setWithdrawing] = useState<Kind>();
  // Two ticks come faster than one answer: what is ticked meanwhile goes with the next request.
  const [onTheWay, setOnTheWay] = useState<readonly Kind[]>([]);
  const ticked = useRef<Kind[]>([]);
  const record = async (kinds: readonly Kind[], given: boolean) => {
    const body = Object.fromEntries(kinds.map((kind) => [kind, given]));
    consents.set(await ask(api().PUT('/sms/consents', { body })));
    toast(w(given ? 'consent.saved' : 'consent.gone'));
  };
  const put = useAction(async (withdrawn?: Kind) => {
    try {
      if (withdrawn) await record([withdrawn], false);
      while (ticked.current.length) await record(ticked.current.splice(0), true);
      setWithdrawing(undefined);
    } finally {
      ticked.current = [];
      setOnTheWay([]);
    }
  });
  const give = (kind: Kind) => {
    ticked.current.push(kind);
    setOnTheWay([...onTheWay, kind]);
    void put.run();
  };
  const given = consents.data && bothGiven(consents.data);
  return (
    <Section
      title={w('consents')}
      lead={w('consents.lead')}
      actions={
        consents.data && (
          <Badge tone={given ? 'success' : 'warning'}>{w(given ? 'consents.both' : 'consents.missing')}</Badge>
        )
      }
    >
      {put.problem && !withdrawing && <ProblemNote problem={put.problem} />}
      <Loadable of={consents} lines={5}>
        {(all) => (
          <div class="sms-consents">
            {KINDS.map((kind) => (
              <Consent
                key={kind}
                kind={kind}
                all={all}
                onTheWay={onTheWay.includes(kind)}
                onChange={(next) => (next ? give(kind) : setWithdrawing(kind))}
              />
            ))}
          </div>
        )}
      </Loadable>
      <ConfirmDialog
        open={withdrawing !== undefined}
        title={w('withdraw.title')}
        confirm={w('withdraw.confirm')}
        danger
        busy={put.busy}
        onConfirm={() => withdrawing && put.run(withdrawing)}
        onClose={() => {
          put.clear();
          setWithdrawing(undefined);
        }}
      >
        {put.problem && <ProblemNote problem={put.problem} />}
        <p>{w('withdraw.text')}</p>
        <p>{w('withdraw.after')}</p>
      </ConfirmDialog>
    </Section>
  );
}

interface ConsentProps {
  readonly kind: Kind;
  readonly all: Consents;
  readonly onTheWay: boolean;
  readonly onChange: (given: boolean) => void;
}

function Consent({ kind, all, onTheWay, onChange }: ConsentProps) {
  const w = useSms();
  return (
    <Checkbox
      label={<span class="sms-consent">{w(`consent.${kind}`)}</span>}
      checked={all[kind].given || onTheWay}
      onChange={onChange}
      hint={
        <>
          <span class="sms-consent-hint">{w(`consent.${kind}.hint`)}</span>
          <Standing consent={all[kind]} />
        </>
      }
    />
  );
}

/** Who gave or withdrew it, and when. */
function Standing({ consent: { given, by, at } }: { consent: Consents[Kind] }) {
  const w = useSms();
  const format = useFormat();
  const names = useNames(by ? [by] : []);
  if (!by || !at) return <span class="sms-standing">{w(given ? 'consent.given' : 'consent.none')}</span>;
  const values = { name: names.of(by)?.name || by, at: format.dateTime(at, ownZone()) };
  return <span class="sms-standing">{w(given ? 'consent.given_by' : 'consent.withdrawn_by', values)}</span>;
}
