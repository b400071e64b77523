import { Icon, type IconName } from '../../ui/Icon';
import { Section } from '../../ui/Page';
import { useApprove } from '../../words/approve';

/** What approving does, and what the sign-in to Epic is for. */
export function What() {
  const w = useApprove();
  const points: [IconName, string][] = [
    ['check', w('what.approve')],
    ['external', w('what.signin')],
    ['file', w('what.kept')],
  ];
  return (
    <Section title={w('what')}>
      <ul class="approve-what">
        {points.map(([icon, text]) => (
          <li key={icon}>
            <Icon name={icon} />
            {text}
          </li>
        ))}
      </ul>
    </Section>
  );
}
