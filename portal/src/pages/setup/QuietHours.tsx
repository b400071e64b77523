import { useState } from 'preact/hooks';
import { Checkbox } from '../../ui/Choices';
import { FieldGroup } from '../../ui/Field';
import { TextField } from '../../ui/TextField';
import { useFormat } from '../../words/format';
import { useSetup } from '../../words/setup';
import type { Rules, Setter } from './draft';

const USUAL = { start: '21:00', end: '08:00' };

interface Props {
  readonly value: Rules['quiet_hours'];
  /** The connection's, IANA; may be empty in a draft. */
  readonly zone: string;
  readonly set: Setter;
  readonly error: string | undefined;
}

/** When no reminder leaves. */
export function QuietHours({ value, zone, set, error }: Props) {
  const w = useSetup();
  const format = useFormat();
  // What was typed comes back when they are switched off and on again.
  const [last, setLast] = useState(value ?? USUAL);
  const change = (part: Partial<typeof USUAL>) => {
    const next = { ...(value ?? last), ...part };
    setLast(next);
    set({ quiet_hours: next });
  };
  return (
    <FieldGroup legend={w('quiet')}>
      <Checkbox
        label={w('quiet.on')}
        hint={w('quiet.hint')}
        checked={value !== null}
        onChange={(on) => set({ quiet_hours: on ? last : null })}
      />
      {value && (
        <div class="setup-quiet">
          <div class="setup-times">
            <TextField
              label={w('quiet.start')}
              error={error}
              type="time"
              value={value.start}
              onChange={(start) => change({ start })}
            />
            <TextField label={w('quiet.end')} type="time" value={value.end} onChange={(end) => change({ end })} />
          </div>
          <p class="field-hint">{zone ? w('quiet.zone', { name: format.zoneName(zone), zone }) : w('quiet.nozone')}</p>
        </div>
      )}
    </FieldGroup>
  );
}
