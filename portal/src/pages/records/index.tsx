import { ChooseConnection } from '../../app/connections';
import { DocsLink } from '../../app/DocsLink';
import type { PageProps } from '../../app/routes';
import { Page } from '../../ui/Page';
import { useCommon } from '../../words/common';
import { useRecords } from '../../words/records';
import { RecordsOne } from './One';
import './records.css';

export default function RecordsPage({ id }: PageProps) {
  const t = useCommon();
  const w = useRecords();
  return (
    <Page
      title={t('page.records')}
      over={t('step', { step: 5, steps: 5 })}
      lead={
        <>
          {w('lead')} <DocsLink page="admin/records.md" />
        </>
      }
    >
      {id === undefined ? <ChooseConnection page="records" /> : <RecordsOne id={id} />}
    </Page>
  );
}
