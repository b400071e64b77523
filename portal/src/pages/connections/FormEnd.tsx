// The form's buttons, and what saving will lead to before one does it.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Connection } from '../../app/connections';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { useCommon } from '../../words/common';
import { useConnections } from '../../words/connections';
import { close } from './addresses';
import { coveredOf, type Entries, type Field } from './entries';
import { useFieldWords } from './fieldWords';

interface Props {
  readonly seen: Connection | undefined;
  readonly entries: Entries;
  readonly changed: readonly Field[];
  readonly busy: boolean;
  /** `asks`: for approval. */
  readonly onSave: (asks: boolean) => void;
}

export function FormEnd({ seen, entries, changed, busy, onSave }: Props) {
  const t = useCommon();
  const w = useConnections();
  const id = useId();
  const state = seen?.state ?? 'draft';
  const running = state === 'approved' || state === 'needs_approval';
  const anew = state === 'approved' && coveredOf(changed).length > 0;
  const plain = running || state === 'rejected' ? undefined : state === 'disabled' ? w('save') : w('save.draft');
  return (
    <div class="connections-end">
      <div id={id} class="connections-effect">
        <Consequence state={state} entries={entries} changed={changed} />
      </div>
      <div class="form-actions">
        <Button type="submit" look="primary" busy={busy} aria-describedby={id} onClick={() => onSave(!running)}>
          {running ? w(anew ? 'save.anew' : 'save') : w(state === 'rejected' ? 'save.again' : 'save.ask')}
        </Button>
        {plain && (
          <Button busy={busy} onClick={() => onSave(false)}>
            {plain}
          </Button>
        )}
        <Button look="subtle" onClick={() => close()}>
          {t('dialog.cancel')}
        </Button>
      </div>
    </div>
  );
}

type ConsequenceProps = Pick<Props, 'entries' | 'changed'> & { state: Connection['state'] };

/** For a connection in service: whether these changes take it out. */
function Consequence({ state, entries, changed }: ConsequenceProps): ComponentChildren {
  const w = useConnections();
  const fields = useFieldWords();
  if (state !== 'approved' || !changed.length) return null;
  const covered = coveredOf(changed);
  if (!covered.length) return <Banner tone="info" title={w('effect.none')} />;
  if (!entries.approver) return <Banner tone="warning" title={w('effect.alone')} />;
  return (
    <Banner tone="warning" title={w('effect.anew', { fields: fields.listed(covered) })}>
      <p>{w('effect.anew.text', { name: entries.approver.name })}</p>
    </Banner>
  );
}
