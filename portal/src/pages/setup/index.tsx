import { DocsLink } from '../../app/DocsLink';
import type { PageProps } from '../../app/routes';
import { Page } from '../../ui/Page';
import { useCommon } from '../../words/common';
import { useSetup } from '../../words/setup';
import { SetupList } from './List';
import { SetupOne } from './One';
import './setup.css';

export default function SetupPage({ id }: PageProps) {
  const t = useCommon();
  const w = useSetup();
  return (
    <Page
      title={t('page.setup')}
      over={t('step', { step: 3, steps: 5 })}
      lead={
        <>
          {w('lead')} <DocsLink page="admin/sms.md" />
        </>
      }
    >
      {id === undefined ? <SetupList /> : <SetupOne id={id} />}
    </Page>
  );
}
