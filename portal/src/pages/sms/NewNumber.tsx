// Which number to get, what it costs, and the word to begin.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAction } from '../../api/hooks';
import { type NumberList, type PhoneNumber, useNumberType } from '../../app/numbers';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Radios } from '../../ui/Choices';
import { Dialog } from '../../ui/Dialog';
import { OutLink } from '../../ui/OutLink';
import { ProblemNote } from '../../ui/ProblemNote';
import { Select } from '../../ui/Select';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { useSms } from '../../words/sms';
import type { Operation } from './operation';

type Offer = NumberList['offered'][number];
const PRICES = 'https://azure.microsoft.com/pricing/details/communication-services/';

interface Props {
  readonly open: boolean;
  readonly offered: readonly Offer[];
  readonly existing: readonly PhoneNumber[];
  /** Both consents are given. */
  readonly allowed: boolean;
  readonly onBegun: (operation: Operation) => void;
  readonly onClose: () => void;
}

export function NewNumberDialog({ open, offered, existing, allowed, onBegun, onClose }: Props) {
  const w = useSms();
  const t = useCommon();
  const format = useFormat();
  const typeName = useNumberType();
  const [country, setCountry] = useState<Offer['country']>(offered[0]?.country ?? 'US');
  const types = offered.find((offer) => offer.country === country)?.types ?? [];
  const [chosen, setType] = useState(types[0] ?? 'tollFree');
  const type = types.includes(chosen) ? chosen : (types[0] ?? 'tollFree');
  // One key for each time it is asked: pressing again after a lost answer buys no second one.
  const key = useRef('');
  const begin = useAction(async () => {
    const params = { header: { 'Idempotency-Key': key.current } };
    onBegun(await ask(api().POST('/phone-numbers', { params, body: { country, type } })));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew each time it is opened, and for each choice
  useEffect(() => {
    key.current = crypto.randomUUID();
    begin.clear();
  }, [open, country, type]);
  const spare = existing.filter((number) => !number.connections.length).length;
  return (
    <Dialog
      open={open}
      title={w('new')}
      onClose={onClose}
      actions={
        <>
          <Button look="primary" busy={begin.busy} disabled={!allowed} onClick={() => begin.run()}>
            {w('new.confirm')}
          </Button>
          <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        </>
      }
    >
      {!allowed && <Banner tone="warning" title={w('new.consents')} />}
      {begin.problem && <ProblemNote problem={begin.problem} />}
      {spare > 0 && <Banner tone="info" title={w('new.spare', { count: spare })} />}
      <Select
        label={w('new.country')}
        value={country}
        options={offered.map((offer) => ({ value: offer.country, label: format.country(offer.country) }))}
        onChange={setCountry}
      />
      <Radios
        legend={w('new.type')}
        value={type}
        options={types.map((value) => ({ value, label: typeName(value), hint: w(`new.type.${value}`) }))}
        onChange={setType}
      />
      <div class="sms-cost">
        <h3>{w('cost')}</h3>
        <ul>
          <li>
            {w('cost.money')} <OutLink href={PRICES}>{w('cost.prices')}</OutLink>
          </li>
          <li>{w('cost.quota')}</li>
          <li>{w('cost.time')}</li>
        </ul>
      </div>
    </Dialog>
  );
}
