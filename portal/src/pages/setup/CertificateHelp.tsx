import { DocsLink } from '../../app/DocsLink';
import { useSetup } from '../../words/setup';

const ROLLOVER = ['rollover.1', 'rollover.2', 'rollover.3'] as const;

/** How a message is signed, and how a certificate gives way to the next. */
export function CertificateHelp() {
  const w = useSetup();
  return (
    <div class="setup-help">
      <details>
        <summary>{w('rollover')}</summary>
        <ol>
          {ROLLOVER.map((step) => (
            <li key={step}>{w(step)}</li>
          ))}
        </ol>
        <p>{w('rollover.why')}</p>
      </details>
      <details>
        <summary>{w('signing')}</summary>
        <dl>
          <dt>{w('signing.token')}</dt>
          <dd>{w('signing.token.text')}</dd>
          <dt>{w('signing.header')}</dt>
          <dd>{w('signing.header.text')}</dd>
        </dl>
        <p>
          {w('signing.either')} <DocsLink page="hl7.md" />
        </p>
      </details>
    </div>
  );
}
