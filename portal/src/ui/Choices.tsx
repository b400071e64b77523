// Things that are on or off, and one of a few in the open.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { FieldError, FieldGroup } from './Field';

interface OnOff {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

function Box({ label, hint, error, checked, onChange, disabled, kind }: OnOff & { kind: 'checkbox' | 'switch' }) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div class={`choice choice-${kind}`}>
      <input
        id={id}
        type="checkbox"
        role={kind === 'switch' ? 'switch' : undefined}
        checked={checked}
        disabled={disabled}
        aria-describedby={described || undefined}
        aria-invalid={error ? true : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint && (
          <div class="field-hint" id={`${id}-hint`}>
            {hint}
          </div>
        )}
        <FieldError id={`${id}-error`} error={error} />
      </div>
    </div>
  );
}

/** Part of a form: counts when the form is saved. */
export const Checkbox = (props: OnOff) => <Box {...props} kind="checkbox" />;

/** A setting of its own: on or off at once. */
export const Switch = (props: OnOff) => <Box {...props} kind="switch" />;

interface RadiosProps<T extends string> {
  readonly legend: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly value: T;
  readonly options: readonly { value: T; label: string; hint?: ComponentChildren }[];
  readonly onChange: (value: T) => void;
}

/** One of a few, each in sight. */
export function Radios<T extends string>({ legend, hint, error, value, options, onChange }: RadiosProps<T>) {
  const name = useId();
  return (
    <FieldGroup legend={legend} hint={hint} error={error}>
      {options.map((option) => (
        <div class="choice" key={option.value}>
          <input
            id={`${name}-${option.value}`}
            type="radio"
            name={name}
            checked={option.value === value}
            aria-describedby={option.hint ? `${name}-${option.value}-hint` : undefined}
            onChange={() => onChange(option.value)}
          />
          <div>
            <label for={`${name}-${option.value}`}>{option.label}</label>
            {option.hint && (
              <div class="field-hint" id={`${name}-${option.value}-hint`}>
                {option.hint}
              </div>
            )}
          </div>
        </div>
      ))}
    </FieldGroup>
  );
}
