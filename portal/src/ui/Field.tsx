import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useCommon } from '../words/common';
import { Icon } from './Icon';
import './field.css';

export interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong, in words; it is tied to the control and read with it. */
  readonly error?: string | undefined;
  /** Without it the label says "optional". */
  readonly required?: boolean;
}

/** What ties a control to its label, hint and error. */
export interface Tied {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
  readonly 'aria-required': boolean | undefined;
}

/** Label, hint and error around a control: `{(tied) => <input {...tied} />}`. */
export function Field({
  label,
  hint,
  error,
  required,
  children,
}: FieldProps & { children: (tied: Tied) => ComponentChildren }) {
  const t = useCommon();
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
        {required === false && <span class="field-optional">{t('field.optional')}</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** The line below a control; a live region, for it may come after the control was left. */
export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  return (
    <div class="field-error" id={id} aria-live="polite">
      {error && (
        <>
          <Icon name="error" />
          {error}
        </>
      )}
    </div>
  );
}

/** Several controls that belong together, under one legend. */
export function FieldGroup({
  legend,
  hint,
  error,
  children,
}: {
  legend: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  children: ComponentChildren;
}) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <fieldset class="field-group" aria-describedby={described || undefined}>
      <legend>{legend}</legend>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {children}
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}
