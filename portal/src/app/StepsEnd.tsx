import { recall } from '../memory';
import type { Role } from '../session/session';
import { Icon } from '../ui/Icon';
import { useCommon } from '../words/common';
import { addressOf, type Route, visible } from './routes';

/** Below each step: the one before and the one after. */
export function StepsEnd({ now, roles }: { now: Route; roles: readonly Role[] }) {
  const t = useCommon();
  if (!now.step) return null;
  const steps = visible(roles).filter(({ step }) => step);
  const index = steps.indexOf(now);
  const before = steps[index - 1];
  const after = steps[index + 1];
  if (!before && !after) return null;
  const id = recall('connection');
  return (
    <nav class="steps-end" aria-label={t('steps')}>
      {before ? (
        <a href={addressOf(before.name, id)}>
          <Icon name="back" />
          <span>
            <small>{t('steps.before')}</small>
            {t(`page.${before.name}`)}
          </span>
        </a>
      ) : (
        <span />
      )}
      {after && (
        <a class="steps-after" href={addressOf(after.name, id)}>
          <span>
            <small>{t('steps.after')}</small>
            {t(`page.${after.name}`)}
          </span>
          <Icon name="arrow" />
        </a>
      )}
    </nav>
  );
}
