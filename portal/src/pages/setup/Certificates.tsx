// The certificates that the sender of appointment messages signs with. What is done here counts at once.
import { useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAction } from '../../api/hooks';
import type { Problem } from '../../api/problem';
import type { Connection } from '../../app/connections';
import { api } from '../../session/session';
import { Banner } from '../../ui/Banner';
import { ConfirmDialog } from '../../ui/Dialog';
import { FileDrop } from '../../ui/FileDrop';
import { Loading } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { ProblemNote, useProblemText } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useSetup } from '../../words/setup';
import { CertificateHelp } from './CertificateHelp';
import { CertificateTable } from './CertificateTable';
import { type Certificate, LOCAL, type Local, upload } from './upload';

const MOST = 2;
const isLocal = (code: string): code is Local => (LOCAL as readonly string[]).includes(code);
/** About the file, and so said at the file. */
const ofFile = ({ code }: Problem) => isLocal(code) || code.startsWith('certificate.') || code === 'request.too_large';

interface Props {
  readonly connection: Connection;
  readonly onChanged: (newest: Connection) => void;
}

export function CertificatesSection({ connection, onChanged }: Props) {
  const w = useSetup();
  const textOf = useProblemText();
  const { id, certificates, zone } = connection;
  const drop = useRef<HTMLDivElement>(null);
  const [leaving, setLeaving] = useState<Certificate>();
  const again = async () => onChanged(await ask(api().GET('/connections/{id}', { params: { path: { id } } })));
  const add = useAction(async (file: File) => {
    const { thumbprint } = await upload(id, file);
    const known = certificates.some((one) => one.thumbprint === thumbprint);
    await again();
    toast(w(known ? 'certificate.known' : 'certificate.added'), known ? 'info' : 'success');
  });
  const remove = useAction(async (thumbprint: string) => {
    const params = { path: { id, thumbprint } };
    await ask(api().DELETE('/connections/{id}/certificates/{thumbprint}', { params }));
    await again();
    setLeaving(undefined);
    add.clear();
    toast(w('certificate.removed'));
    // The button that had the focus is gone with its row.
    requestAnimationFrame(() => drop.current?.querySelector('input')?.focus());
  });
  const refusal = (problem: Problem): string => {
    if (isLocal(problem.code)) return w(`certificate.${problem.code}`);
    const { detail, fix } = textOf(problem);
    return `${detail} ${fix}`;
  };
  const last =
    certificates.filter(({ warning }) => warning !== 'expired').length === 1 && leaving?.warning !== 'expired';
  return (
    <Section title={w('certificates')} lead={w('certificates.lead')}>
      <Warnings certificates={certificates} />
      {certificates.length > 0 && <CertificateTable certificates={certificates} zone={zone} onRemove={setLeaving} />}
      {add.problem && !ofFile(add.problem) && <ProblemNote problem={add.problem} />}
      {add.busy && <Loading lines={1} />}
      {certificates.length < MOST ? (
        <div ref={drop}>
          <FileDrop
            label={w(certificates.length ? 'certificate.second' : 'certificate.first')}
            hint={w('certificate.hint')}
            accept=".cer,.crt,.pem,.der"
            disabled={add.busy}
            error={add.problem && ofFile(add.problem) ? refusal(add.problem) : undefined}
            onFile={add.run}
          />
        </div>
      ) : (
        <p class="field-hint setup-none">{w('certificate.full')}</p>
      )}
      <CertificateHelp />
      <ConfirmDialog
        open={leaving !== undefined}
        title={w('certificate.remove.title')}
        confirm={w('certificate.remove')}
        danger
        busy={remove.busy}
        onConfirm={() => leaving && remove.run(leaving.thumbprint)}
        onClose={() => {
          remove.clear();
          setLeaving(undefined);
        }}
      >
        {remove.problem && <ProblemNote problem={remove.problem} />}
        <p>{w(last ? 'certificate.remove.last' : 'certificate.remove.text')}</p>
        <p class="setup-subject">{leaving?.subject}</p>
      </ConfirmDialog>
    </Section>
  );
}

/** What is wrong with what there is. */
function Warnings({ certificates }: { certificates: readonly Certificate[] }) {
  const w = useSetup();
  if (!certificates.length) return <Banner tone="warning" title={w('certificate.none')} />;
  if (certificates.every(({ warning }) => warning === 'expired'))
    return <Banner tone="error" title={w('certificate.allexpired')} />;
  if (certificates.every(({ warning }) => warning !== 'none'))
    return (
      <Banner tone="warning" title={w('certificate.soon')}>
        <p>{w('certificate.soon.text')}</p>
      </Banner>
    );
  return null;
}
