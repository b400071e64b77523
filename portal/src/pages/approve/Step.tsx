import type { ComponentChildren } from 'preact';
import { Icon } from '../../ui/Icon';
import { Section } from '../../ui/Page';
import { useApprove } from '../../words/approve';

interface Props {
  readonly number: number;
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly done?: boolean;
  readonly children?: ComponentChildren;
}

/** One of the steps: its number, or a tick. */
export function Step({ number, title, lead, done, children }: Props) {
  const w = useApprove();
  return (
    <Section
      title={
        <span class="approve-step">
          <span class={`approve-number${done ? ' approve-number-done' : ''}`}>
            {done ? (
              <>
                <Icon name="check" />
                <span class="unseen">{w('step.done')}</span>
              </>
            ) : (
              number
            )}
          </span>{' '}
          {title}
        </span>
      }
      lead={lead}
    >
      {children}
    </Section>
  );
}
