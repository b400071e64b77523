// The end of the form, in sight all the time: what is not saved yet, and what stands in the way.
import { useRef } from 'preact/hooks';
import type { Action } from '../../api/hooks';
import { addressOf } from '../../app/routes';
import { Banner } from '../../ui/Banner';
import { Button, ButtonLink } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { useFormat } from '../../words/format';
import { useSetup } from '../../words/setup';
import type { Field } from './draft';

interface Props {
  readonly dirty: boolean;
  readonly save: Action<[], void>;
  /** Loads what someone else has saved, and keeps what was typed. */
  readonly newest: Action<[], void>;
  /** What someone else has changed too, and was not taken from them. */
  readonly both: readonly Field[];
  /** What is wrong is said at the fields. */
  readonly marked: boolean;
  readonly onDiscard: () => void;
}

export function SaveBar({ dirty, save, newest, both, marked, onDiscard }: Props) {
  const w = useSetup();
  const format = useFormat();
  const stale = save.problem?.status === 412;
  // In sight from the first change on, and from then on where it is: what has the focus must not jump away.
  const touched = useRef(false);
  touched.current ||= dirty;
  return (
    <div class={`setup-end${touched.current ? ' setup-end-stuck' : ''}`}>
      {save.problem && stale && <Stale changed={Object.keys(save.problem.fields)} newest={newest} />}
      {save.problem && !stale && !marked && (
        <ProblemNote
          problem={save.problem}
          actions={
            save.problem.code === 'sms.consent_missing' && (
              <ButtonLink href={addressOf('sms')}>{w('need.consents.go')}</ButtonLink>
            )
          }
        />
      )}
      {both.length > 0 && (
        <Banner tone="info" live title={w('both', { fields: format.list(both.map((field) => w(`field.${field}`))) })}>
          <p>{w('both.text')}</p>
        </Banner>
      )}
      <div class="setup-save">
        <span class="setup-dirty" role="status">
          {w(marked ? 'marked' : dirty ? 'unsaved' : 'allsaved')}
        </span>
        <div class="form-actions">
          {dirty && (
            <Button look="subtle" disabled={save.busy} onClick={onDiscard}>
              {w('discard')}
            </Button>
          )}
          <Button look="primary" type="submit" busy={save.busy}>
            {w(save.busy ? 'saving' : 'save')}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Someone else was faster. */
function Stale({ changed, newest }: { changed: readonly string[]; newest: Props['newest'] }) {
  const w = useSetup();
  const format = useFormat();
  const words: Record<string, string> = {
    sms: w('changed.sms'),
    zone: w('changed.zone'),
    state: w('changed.state'),
    certificates: w('changed.certificates'),
  };
  const named = [...new Set(changed.map((field) => words[field] ?? w('changed.other')))];
  return (
    <>
      <Banner
        tone="warning"
        live
        title={w('stale')}
        actions={
          <Button small icon="refresh" busy={newest.busy} onClick={() => newest.run()}>
            {w('stale.load')}
          </Button>
        }
      >
        <p>{w('stale.changed', { fields: format.list(named) })}</p>
        <p>{w('stale.kept')}</p>
      </Banner>
      {newest.problem && <ProblemNote problem={newest.problem} />}
    </>
  );
}
