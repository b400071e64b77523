import { DocsLink } from '../../app/DocsLink';
import type { PageProps } from '../../app/routes';
import { Page } from '../../ui/Page';
import { useCommon } from '../../words/common';
import { useHealth } from '../../words/health';
import { Failures } from './Failures';
import { HealthList } from './List';
import { HealthOne } from './One';
import './health.css';

export default function HealthPage({ id }: PageProps) {
  const t = useCommon();
  const w = useHealth();
  return (
    <Page
      title={t('page.health')}
      lead={
        <>
          {w('lead')} <DocsLink page="diagnosis.md" />
        </>
      }
    >
      {id === undefined ? <HealthList /> : <HealthOne id={id} />}
      <Failures connection={id} />
    </Page>
  );
}
