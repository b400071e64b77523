import { useState } from 'preact/hooks';
import { Field, type FieldProps } from './Field';

interface Props extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with a value, looked at when the field is left; undefined if nothing is. */
  readonly check?: (value: string) => string | undefined;
  /** When the field is left, for checks that take time. */
  readonly onLeave?: (value: string) => void;
  readonly type?: 'text' | 'url' | 'tel' | 'email' | 'number' | 'date' | 'time' | 'search';
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly min?: string | number;
  readonly max?: string | number;
  readonly disabled?: boolean;
  /** Ids, codes, addresses: a fixed pitch, no corrections. */
  readonly code?: boolean;
  readonly autoComplete?: string;
  readonly inputMode?: 'text' | 'url' | 'tel' | 'numeric';
}

/** One line of text. `error` of the caller wins over its own check. */
export function TextField({
  label,
  hint,
  error,
  required,
  value,
  onChange,
  check,
  onLeave,
  code,
  type = 'text',
  ...rest
}: Props) {
  const [own, setOwn] = useState<string>();
  const plain = code && { spellcheck: false, autocapitalize: 'off' as const };
  return (
    <Field label={label} hint={hint} error={error ?? own} {...(required === undefined ? {} : { required })}>
      {(tied) => (
        <input
          autoComplete="off"
          {...rest}
          {...tied}
          {...plain}
          class={code ? 'input code' : 'input'}
          // Preact's types know each kind of input apart; what is passed on here suits all of these.
          type={type as 'text'}
          value={value}
          onInput={(event) => {
            // Never scolded while typing; a complaint goes as soon as it is mended.
            if (own) setOwn(check?.(event.currentTarget.value));
            onChange(event.currentTarget.value);
          }}
          onBlur={(event) => {
            setOwn(check?.(event.currentTarget.value));
            onLeave?.(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  required,
  value,
  onChange,
  rows = 3,
  maxLength,
  dir,
  lang,
}: FieldProps & {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  maxLength?: number;
  /** `auto` where what is typed may be written from right to left. */
  dir?: 'auto';
  /** The language of what is typed, if it is not the page's. */
  lang?: string;
}) {
  return (
    <Field label={label} hint={hint} error={error} {...(required === undefined ? {} : { required })}>
      {(tied) => (
        <textarea
          {...tied}
          class="input"
          rows={rows}
          {...(maxLength ? { maxLength } : {})}
          {...(dir ? { dir } : {})}
          {...(lang ? { lang } : {})}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
