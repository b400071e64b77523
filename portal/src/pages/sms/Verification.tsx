// Carriers hold texts back until they know who sends them. No API tells how far that is: an administrator records it.
import { useEffect, useState } from 'preact/hooks';
import { ask, type Schema } from '../../api/client';
import { useAction } from '../../api/hooks';
import { grouped, type PhoneNumber } from '../../app/numbers';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Radios } from '../../ui/Choices';
import { Dialog } from '../../ui/Dialog';
import { OutLink } from '../../ui/OutLink';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useCommon } from '../../words/common';
import { useSms } from '../../words/sms';

type Recorded = Schema<'VerificationChange'>['state'];
const STATES: readonly Recorded[] = ['not_submitted', 'submitted', 'verified'];
/** What to write in which field, by the ones who decide. */
const GUIDES: Record<string, string> = {
  tollFree: 'https://learn.microsoft.com/azure/communication-services/concepts/sms/toll-free-verification-guidelines',
  geographic: 'https://learn.microsoft.com/azure/communication-services/quickstarts/sms/apply-for-ten-digit-long-code',
};

const waits = (number: PhoneNumber) => number.verification === 'not_submitted' || number.verification === 'submitted';

/** Why texts from some of these numbers may not arrive, and where that is mended. */
export function VerificationNote({ numbers }: { numbers: readonly PhoneNumber[] }) {
  const w = useSms();
  const waiting = numbers.filter(waits);
  if (!waiting.length) return null;
  const types = [...new Set(waiting.map(({ type }) => type))].filter((type) => type in GUIDES);
  const pending = waiting.every(({ verification }) => verification === 'submitted');
  return (
    <Banner tone={pending ? 'info' : 'warning'} title={w(pending ? 'verify.pending' : 'verify.title')}>
      {types.map((type) => (
        <Where key={type} type={type} />
      ))}
      <p>{w('verify.record')}</p>
    </Banner>
  );
}

function Where({ type }: { type: string }) {
  const w = useSms();
  return (
    <p>
      {w(type === 'tollFree' ? 'verify.tollFree' : 'verify.geographic')}{' '}
      <OutLink href={GUIDES[type] ?? ''}>
        {w(type === 'tollFree' ? 'verify.guide.tollFree' : 'verify.guide.geographic')}
      </OutLink>
    </p>
  );
}

interface Props {
  readonly number: PhoneNumber | undefined;
  readonly onSaved: (number: PhoneNumber) => void;
  readonly onClose: () => void;
}

export function VerificationDialog({ number, onSaved, onClose }: Props) {
  const w = useSms();
  const t = useCommon();
  const [state, setState] = useState<Recorded>('not_submitted');
  const save = useAction(async (of: string) => {
    const params = { path: { number: of } };
    onSaved(await ask(api().PUT('/phone-numbers/{number}/verification', { params, body: { state } })));
    toast(w('recorded'));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew with each number
  useEffect(() => {
    save.clear();
    if (number && number.verification !== 'not_needed') setState(number.verification);
  }, [number]);
  return (
    <Dialog
      open={number !== undefined}
      title={w('record.title', { number: grouped(number?.number ?? '') })}
      onClose={onClose}
      actions={
        <>
          <Button look="primary" busy={save.busy} onClick={() => number && save.run(number.number)}>
            {w('record.save')}
          </Button>
          <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        </>
      }
    >
      {save.problem && <ProblemNote problem={save.problem} />}
      {number && number.type in GUIDES && <Where type={number.type} />}
      <Radios
        legend={w('record.legend')}
        value={state}
        options={STATES.map((value) => ({
          value,
          label: t(`number.verification.${value}`),
          hint: w(`record.${value}`),
        }))}
        onChange={setState}
      />
    </Dialog>
  );
}
