import { ask } from '../../api/client';
import { useAction } from '../../api/hooks';
import { Problem } from '../../api/problem';
import type { Names } from '../../app/names';
import { api } from '../../session/session';
import { ConfirmDialog } from '../../ui/Dialog';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { usePeople } from '../../words/people';
import type { Clinician } from './filter';

interface Props {
  /** Who is to be unlinked; nothing is asked without. */
  readonly of: Clinician | undefined;
  readonly names: Names;
  readonly onGone: (id: string) => void;
  readonly onClose: () => void;
}

/** Asks, says what follows, and unlinks. */
export function Unlink({ of, names, onGone, onClose }: Props) {
  const w = usePeople();
  const name = of ? names.of(of.oid)?.name || of.ehr_user : '';
  const unlink = useAction(async ({ id }: Clinician) => {
    let before = false;
    try {
      await ask(api().DELETE('/clinicians/{id}', { params: { path: { id } } }));
    } catch (thrown) {
      // Someone else was faster. What was wanted is so.
      before = thrown instanceof Problem && thrown.code === 'not_found';
      if (!before) throw thrown;
    }
    toast(before ? w('unlinked.before', { name }) : w('unlinked', { name }));
    onGone(id);
  });
  const close = () => {
    unlink.clear();
    onClose();
  };
  return (
    <ConfirmDialog
      open={of !== undefined}
      title={w('ask.title', { name })}
      confirm={w('unlink')}
      danger
      busy={unlink.busy}
      onConfirm={() => of && unlink.run(of)}
      onClose={close}
    >
      {unlink.problem && <ProblemNote problem={unlink.problem} />}
      <p>{w('ask.user', { user: of?.ehr_user ?? '' })}</p>
      <p>{w('ask.follows')}</p>
    </ConfirmDialog>
  );
}
