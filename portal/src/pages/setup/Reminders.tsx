// Reminders: how long before the visit, as a list that one adds to and takes from.
import { useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/Button';
import { Field, FieldGroup } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { announce } from '../../ui/toast';
import { useSetup } from '../../words/setup';
import { MOST_MINUTES, MOST_REMINDERS, type Setter } from './draft';
import { UNITS, type Unit, useLeadText } from './lead';

const PRESETS = [1440, 120, 15];
type Refusal = 'reminder.number' | 'reminder.long' | 'reminder.twice' | 'reminder.many';

interface Props {
  readonly value: readonly number[];
  readonly set: Setter;
  readonly error: string | undefined;
}

export function Reminders({ value, set, error }: Props) {
  const w = useSetup();
  const lead = useLeadText();
  const [amount, setAmount] = useState('');
  const [unit, setUnit] = useState<Unit>('minutes');
  const [refusal, setRefusal] = useState<Refusal>();
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const sorted = [...value].sort((one, other) => other - one);
  const full = value.length >= MOST_REMINDERS;

  const add = (minutes: number): boolean => {
    const why = refusalOf(minutes, value);
    setRefusal(why);
    if (why) return false;
    set({ reminders: [...value, minutes].sort((one, other) => other - one) });
    announce(w('reminder.added', { time: lead(minutes) }));
    return true;
  };
  const addTyped = () => {
    const number = /^\d{1,6}$/.test(amount.trim()) ? Number(amount) : Number.NaN;
    if (add(number * UNITS[unit])) setAmount('');
    input.current?.focus();
  };
  const remove = (minutes: number, index: number) => {
    set({ reminders: sorted.filter((one) => one !== minutes) });
    setRefusal(undefined);
    announce(w('reminder.removed', { time: lead(minutes) }));
    // Onto the one that takes its place, else to where one adds.
    requestAnimationFrame(() => {
      const buttons = list.current?.querySelectorAll<HTMLElement>('button') ?? [];
      (buttons[Math.min(index, buttons.length - 1)] ?? input.current)?.focus();
    });
  };

  return (
    <FieldGroup legend={w('reminders')} hint={w('reminders.hint', { most: MOST_REMINDERS })} error={error}>
      {sorted.length > 0 ? (
        <ul class="setup-reminders" ref={list}>
          {sorted.map((minutes, index) => (
            <li key={minutes}>
              <Icon name="time" />
              <span>{w('reminder.before', { time: lead(minutes) })}</span>
              <Button
                small
                look="subtle"
                icon="close"
                aria-label={w('reminder.remove', { time: lead(minutes) })}
                onClick={() => remove(minutes, index)}
              />
            </li>
          ))}
        </ul>
      ) : (
        <p class="soft setup-none">{w('reminders.none')}</p>
      )}
      <Field label={w('reminder.new')} error={refusal && w(refusal, { most: MOST_REMINDERS })}>
        {(tied) => (
          <div class="setup-add">
            <input
              {...tied}
              ref={input}
              class="input"
              type="text"
              inputMode="numeric"
              autoComplete="off"
              value={amount}
              onInput={(event) => {
                setAmount(event.currentTarget.value);
                setRefusal(undefined);
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault(); // adds, and does not save the form
                addTyped();
              }}
            />
            <select
              class="input select"
              aria-label={w('reminder.unit')}
              value={unit}
              onChange={(event) => setUnit(event.currentTarget.value as Unit)}
            >
              {(Object.keys(UNITS) as Unit[]).map((one) => (
                <option key={one} value={one} selected={one === unit}>
                  {w(`unit.${one}`)}
                </option>
              ))}
            </select>
            <Button icon="add" disabled={full} onClick={addTyped}>
              {w('reminder.add')}
            </Button>
          </div>
        )}
      </Field>
      {PRESETS.some((preset) => !value.includes(preset)) && !full && (
        <div class="row">
          <span class="field-hint">{w('reminder.often')}</span>
          {PRESETS.filter((preset) => !value.includes(preset)).map((preset) => (
            <Button
              key={preset}
              small
              icon="add"
              onClick={() => {
                add(preset);
                input.current?.focus();
              }}
            >
              {lead(preset)}
            </Button>
          ))}
        </div>
      )}
    </FieldGroup>
  );
}

function refusalOf(minutes: number, value: readonly number[]): Refusal | undefined {
  if (!Number.isInteger(minutes) || minutes < 1) return 'reminder.number';
  if (minutes > MOST_MINUTES) return 'reminder.long';
  if (value.includes(minutes)) return 'reminder.twice';
  return value.length >= MOST_REMINDERS ? 'reminder.many' : undefined;
}
