import { useId, useState } from 'preact/hooks';
import { useCommon } from '../words/common';
import { FieldError } from './Field';
import { Icon } from './Icon';
import './filedrop.css';

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly error?: string | undefined;
  /** As in <input accept>: ".cer,.crt,.pem". */
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly disabled?: boolean;
}

/** A file, dropped or chosen. It is the browser's own control, stretched over the area: keyboard and readers know it. */
export function FileDrop({ label, hint, error, accept, onFile, disabled }: Props) {
  const t = useCommon();
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    <div class="field">
      <div class={`filedrop${over ? ' filedrop-over' : ''}`}>
        <Icon name="upload" />
        <label class="field-label" for={id}>
          {label}
        </label>
        <span aria-hidden="true">{t('file.drop')}</span>
        <span class="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
        <input
          id={id}
          type="file"
          accept={accept}
          disabled={disabled}
          aria-describedby={`${id}-hint ${id}-error`}
          aria-invalid={error ? true : undefined}
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = ''; // the same file again is a choice again
            if (file) onFile(file);
          }}
        />
      </div>
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}
