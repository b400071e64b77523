import { useLoad } from '../../api/hooks';
import { DocsLink } from '../../app/DocsLink';
import { loadConsents } from '../../app/numbers';
import { Page } from '../../ui/Page';
import { useCommon } from '../../words/common';
import { useSms } from '../../words/sms';
import { ConsentsSection } from './Consents';
import { NumbersSection } from './Numbers';
import './sms.css';

export default function SmsPage() {
  const t = useCommon();
  const w = useSms();
  const consents = useLoad(loadConsents, []);
  return (
    <Page
      title={t('page.sms')}
      over={t('step', { step: 2, steps: 5 })}
      lead={
        <>
          {w('lead')} <DocsLink page="admin/sms.md" />
        </>
      }
    >
      <ConsentsSection consents={consents} />
      <NumbersSection consents={consents.data} />
    </Page>
  );
}
