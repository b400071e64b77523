import { DocsLink } from '../../app/DocsLink';
import type { PageProps } from '../../app/routes';
import { Page } from '../../ui/Page';
import { useApprove } from '../../words/approve';
import { useCommon } from '../../words/common';
import { ApproveList } from './List';
import { ApproveOne } from './One';
import './approve.css';

export default function ApprovePage({ id }: PageProps) {
  const t = useCommon();
  const w = useApprove();
  return (
    <Page
      title={t('page.approve')}
      over={t('step', { step: 4, steps: 5 })}
      lead={
        <>
          {w('lead')} <DocsLink page="admin/approve.md" />
        </>
      }
    >
      {id === undefined ? <ApproveList /> : <ApproveOne id={id} />}
    </Page>
  );
}
