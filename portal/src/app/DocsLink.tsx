import { docsPage } from '../session/config';
import { OutLink } from '../ui/OutLink';
import { useCommon } from '../words/common';

/** The way to a page of the documentation, by its path below docs/; nothing where a deployment names none. */
export function DocsLink({ page, children }: { page: string; children?: string }) {
  const t = useCommon();
  const href = docsPage(page);
  return href ? <OutLink href={href}>{children ?? t('docs.more')}</OutLink> : null;
}
