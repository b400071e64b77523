import { useId } from 'preact/hooks';
import type { Connection } from '../../app/connections';
import { DocsLink } from '../../app/DocsLink';
import { Icon, type IconName } from '../../ui/Icon';
import { useHealth } from '../../words/health';
import { Fix } from './Fix';
import { type Finding, keyOf, type Level } from './findings';
import { useFindingText } from './useFindingText';

const ICONS: Record<Level, IconName> = {
  error: 'error',
  warning: 'warning',
  unknown: 'search',
  info: 'info',
  ok: 'check',
};

interface Shared {
  readonly connection: Connection;
  readonly busy: boolean;
  readonly onAgain: () => void;
  readonly onChanged: (newest: Connection) => void;
}

/** Findings of one level. */
export function FindingList({ findings, level, ...rest }: Shared & { findings: readonly Finding[]; level: Level }) {
  return (
    <ul class={`findings findings-${level}`}>
      {findings.map((finding) => (
        <One key={keyOf(finding)} finding={finding} {...rest} />
      ))}
    </ul>
  );
}

/** What was found, what mends it, and the button that does. */
function One({ finding, connection, busy, onAgain, onChanged }: Shared & { finding: Finding }) {
  const w = useHealth();
  const id = useId();
  const { detail, fix } = useFindingText()(finding, connection.zone);
  return (
    <li class="finding">
      <Icon name={ICONS[finding.level]} />
      <div class="finding-text">
        <p class="finding-detail" id={id}>
          {detail}
        </p>
        {fix && <p class="finding-fix">{fix}</p>}
        <p class="finding-code">
          <span class="code">{finding.code}</span>
          {finding.values.code && <DocsLink page="errors.md">{w('codes')}</DocsLink>}
        </p>
        {finding.action && (
          <Fix
            finding={finding}
            kind={finding.action.kind}
            about={id}
            connection={connection}
            busy={busy}
            onAgain={onAgain}
            onChanged={onChanged}
          />
        )}
      </div>
    </li>
  );
}
