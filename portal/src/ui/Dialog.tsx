import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useCommon } from '../words/common';
import { Button } from './Button';
import './dialog.css';

interface Props {
  readonly open: boolean;
  readonly title: string;
  /** Escape, the cross, Cancel. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** The buttons at the end; the first is the one to press. */
  readonly actions?: ComponentChildren;
  readonly wide?: boolean;
}

/** A dialog: the browser's own, so that focus stays inside and the page behind is inert. Focus returns to the opener. */
export function Dialog({ open, title, onClose, children, actions, wide }: Props) {
  const t = useCommon();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (!open || !dialog) return;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={element}
      class={`dialog${wide ? ' dialog-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault(); // the caller closes it, by `open`
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button look="subtle" icon="close" aria-label={t('dialog.close')} onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {actions && <div class="dialog-actions">{actions}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button does, as a verb: "Remove connection". */
  readonly confirm: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that hurts. Cancel has the focus at first. */
export function ConfirmDialog({ open, title, children, confirm, danger, busy, onConfirm, onClose }: ConfirmProps) {
  const t = useCommon();
  return (
    <Dialog
      open={open}
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button look={danger ? 'danger' : 'primary'} busy={busy ?? false} onClick={onConfirm}>
            {confirm}
          </Button>
          <Button autofocus onClick={onClose}>
            {t('dialog.cancel')}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
