import { Checkbox } from '../../ui/Choices';
import { FieldGroup } from '../../ui/Field';
import { useSetup } from '../../words/setup';
import type { Setter } from './draft';

const KINDS = ['scheduled', 'updated', 'cancelled'] as const;

/** Texts that leave at once when something happens to an appointment. */
export function Confirmations({
  value,
  set,
  error,
}: {
  value: readonly string[];
  set: Setter;
  error: string | undefined;
}) {
  const w = useSetup();
  return (
    <FieldGroup legend={w('confirmations')} hint={w('confirmations.hint')} error={error}>
      {KINDS.map((kind) => (
        <Checkbox
          key={kind}
          label={w(`confirmation.${kind}`)}
          checked={value.includes(kind)}
          onChange={(on) => set({ confirmations: KINDS.filter((one) => (one === kind ? on : value.includes(one))) })}
        />
      ))}
    </FieldGroup>
  );
}
