import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useAction } from '../../api/hooks';
import { Button } from '../../ui/Button';
import { Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useReports } from '../../words/reports';

interface Props {
  readonly title: string;
  readonly lead?: ComponentChildren;
  /** Gets the file behind it. */
  readonly download?: () => Promise<void>;
  /** The same figures as a table. */
  readonly table?: ComponentChildren;
  /** What chooses what the chart shows. */
  readonly controls?: ComponentChildren;
  /** The chart, or why there is none. */
  readonly children: ComponentChildren;
}

/** A chart, the table behind it, and the file. */
export function Panel({ title, lead, download, table, controls, children }: Props) {
  const w = useReports();
  const id = useId();
  const [open, setOpen] = useState(false);
  const getting = useAction(async () => {
    await download?.();
    toast(w('downloaded'));
  });
  return (
    <Section
      title={title}
      lead={lead}
      actions={
        table && (
          <>
            <Button small aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
              {open ? w('table.hide') : w('table.show')}
              <span class="unseen"> {title}</span>
            </Button>
            {download && (
              <Button small icon="download" busy={getting.busy} onClick={() => getting.run()}>
                {w('csv')}
                <span class="unseen"> {title}</span>
              </Button>
            )}
          </>
        )
      }
    >
      {getting.problem && <ProblemNote problem={getting.problem} />}
      {controls && <div class="reports-controls no-print">{controls}</div>}
      {children}
      <div id={id} hidden={!open} class="reports-table">
        {open && table}
      </div>
    </Section>
  );
}
