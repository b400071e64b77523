import { Field, type FieldProps } from './Field';

export interface Option<T extends string = string> {
  readonly value: T;
  readonly label: string;
  readonly disabled?: boolean;
}

interface Props<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

/** One of a few. For many, or for what must be searched: Combobox. */
export function Select<T extends string>({
  label,
  hint,
  error,
  required,
  value,
  options,
  onChange,
  disabled,
}: Props<T>) {
  return (
    <Field label={label} hint={hint} error={error} {...(required === undefined ? {} : { required })}>
      {(tied) => (
        <select
          {...tied}
          class="input select"
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value as T)}
        >
          {options.map((option) => (
            <option
              key={option.value}
              value={option.value}
              disabled={option.disabled}
              selected={option.value === value}
            >
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
