import type { Loaded } from '../../api/hooks';
import { grouped, type NumberList, useNumberLine } from '../../app/numbers';
import { addressOf } from '../../app/routes';
import { Checkbox } from '../../ui/Choices';
import { ProblemNote } from '../../ui/ProblemNote';
import { Select } from '../../ui/Select';
import { TextField } from '../../ui/TextField';
import { useCommon } from '../../words/common';
import { useSetup } from '../../words/setup';
import { type Field, MOST_LETTERS, type Rules, type Setter } from './draft';

/** What texts can leave by, by their vendors' names. */
const GATEWAYS = { acs: 'Azure Communication Services', sns: 'Amazon SNS' } as const;

interface Props {
  readonly rules: Rules;
  readonly set: Setter;
  readonly errorOf: (field: Field) => string | undefined;
  readonly numbers: Loaded<NumberList>;
}

/** On or off, from which number, under which name. */
export function Basics({ rules, set, errorOf, numbers }: Props) {
  const w = useSetup();
  const t = useCommon();
  const line = useNumberLine();
  const own = numbers.data?.numbers ?? [];
  const chosen = own.find(({ number }) => number === rules.sender);
  const blocked = chosen?.verification === 'not_submitted' || chosen?.verification === 'submitted';
  const options = [
    { value: '', label: w('number.none') },
    ...own.map((one) => ({ value: one.number, label: line(one) })),
    // One that is not, or not yet, known to be ours stays chosen until another is.
    ...(rules.sender && !chosen ? [{ value: rules.sender, label: grouped(rules.sender) }] : []),
  ];
  return (
    <div class="form">
      <Checkbox
        label={w('enabled')}
        hint={w('enabled.hint')}
        error={errorOf('enabled')}
        checked={rules.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      {numbers.problem && <ProblemNote problem={numbers.problem} onRetry={numbers.reload} />}
      <Select
        label={w('number')}
        hint={
          <>
            {w('number.hint')} <a href={addressOf('sms')}>{w('number.go')}</a>
            {blocked && (
              <span class="setup-blocked">
                {t(`number.verification.${chosen.verification}`)}. {w('number.blocked')}
              </span>
            )}
          </>
        }
        error={errorOf('sender')}
        value={rules.sender}
        options={options}
        onChange={(sender) => set({ sender })}
      />
      <Select
        label={w('gateway')}
        hint={w('gateway.hint')}
        error={errorOf('gateway')}
        value={rules.gateway}
        options={[
          { value: '', label: w('gateway.usual') },
          { value: 'acs', label: GATEWAYS.acs },
          { value: 'sns', label: GATEWAYS.sns },
        ]}
        onChange={(gateway) => set({ gateway })}
      />
      <TextField
        label={w('organisation')}
        hint={
          <span class="setup-counted">
            <span>{w('organisation.hint')}</span>
            <span class="setup-count">
              {w('organisation.count', { count: [...rules.organisation].length, most: MOST_LETTERS })}
            </span>
          </span>
        }
        error={errorOf('organisation')}
        maxLength={MOST_LETTERS}
        value={rules.organisation}
        onChange={(organisation) => set({ organisation })}
      />
    </div>
  );
}
