// One text in the organisation's own words: what it may hold is looked at while it is typed.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { TextArea } from '../../ui/TextField';
import { announce } from '../../ui/toast';
import { useSetup } from '../../words/setup';
import { useTemplateWords } from '../../words/setup/findings';

type Text = Schema<'SmsText'>;
type Finding = Schema<'TemplateFinding'>;
/** The longest that the API takes. */
const MOST = 612;
const PLACES = ['organisation', 'when', 'link', 'stop'] as const;

interface Props {
  readonly text: Text;
  /** What the text is called: its kind and language. */
  readonly name: string;
  /** Undefined while our own words are used. */
  readonly own: string | undefined;
  /** The API has refused it. */
  readonly refused: boolean;
  readonly onChange: (own: string | undefined) => void;
}

const focusIn = (box: HTMLElement | null) => box?.querySelector('textarea')?.focus();

export function Wording({ text, name, own, refused, onChange }: Props) {
  const w = useSetup();
  const translated = useTemplateWords();
  const [open, setOpen] = useState(refused);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!refused) return;
    setOpen(true);
    // It can take the focus once it is open.
    requestAnimationFrame(() => focusIn(box.current));
  }, [refused]);
  const sentence = (finding: Finding) => {
    const { detail, fix } = translated(finding);
    const about = [...text.template]
      .slice(finding.start, finding.start + finding.length)
      .join('')
      .trim();
    return `${about && about.length < MOST / 10 ? `“${about}”: ` : ''}${detail} ${fix}`;
  };
  // Of what is in the field; with our own words in place of it there is nothing to say.
  const findings = own?.trim() ? text.findings : [];
  const errors = [...new Set(findings.filter(({ level }) => level === 'error').map(sentence))];
  const warnings = [...new Set(findings.filter(({ level }) => level === 'warning').map(sentence))];
  return (
    <details class="setup-words" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {w('wording')}
        <span class="unseen"> {name}</span>
      </summary>
      <div class="form" ref={box}>
        <TextArea
          label={name}
          hint={
            <>
              {w('wording.hint')}
              <ul class="setup-places">
                {PLACES.filter((place) => place !== 'link' || text.kind !== 'cancelled').map((place) => (
                  <li key={place}>
                    <code>{`{${place}}`}</code> {w(`wording.${place}`)}
                  </li>
                ))}
              </ul>
            </>
          }
          error={errors.length ? errors.join(' ') : undefined}
          dir="auto"
          lang={text.language}
          rows={4}
          maxLength={MOST}
          value={own ?? text.ours}
          onChange={(value) => onChange(value === text.ours ? undefined : value)}
        />
        <ul class="setup-warnings" aria-live="polite">
          {warnings.map((warning) => (
            <li key={warning}>
              <Icon name="warning" />
              {warning}
            </li>
          ))}
        </ul>
        {own !== undefined && (
          <div>
            <Button
              small
              look="subtle"
              icon="refresh"
              onClick={() => {
                onChange(undefined);
                announce(w('wording.back'));
                focusIn(box.current);
              }}
            >
              {w('wording.reset')}
              <span class="unseen"> {name}</span>
            </Button>
          </div>
        )}
      </div>
    </details>
  );
}
