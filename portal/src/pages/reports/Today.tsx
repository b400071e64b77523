import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useLoad } from '../../api/hooks';
import { dayOf } from '../../app/days';
import { api } from '../../session/session';
import { Loadable } from '../../ui/Loading';
import { Section } from '../../ui/Page';
import { useFormat } from '../../words/format';
import { useReports } from '../../words/reports';
import { STATUSES, type Usage, useSay } from './figures';
import { type Filter, scopeOf } from './filter';

const EVERY_MS = 30_000;
const TICK_MS = 5_000;

/** The visits of today as they go. It renews itself as long as somebody can see it. */
export function Today({ filter }: { filter: Filter }) {
  const w = useReports();
  const say = useSay();
  const today = useDay();
  const live = useLoad(
    async (signal) => {
      const query = scopeOf(filter, [today, today]);
      const report = (await ask(api().GET('/reports/usage', { params: { query }, signal }))) as Usage;
      return { report, at: new Date() };
    },
    [today, filter.connection, filter.department],
  );
  const { reload } = live;
  useEffect(() => {
    const look = () => document.hidden || reload();
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [reload]);
  return (
    <Section title={w('today')} lead={live.data ? <Fresh at={live.data.at} /> : w('today.lead')}>
      <Loadable of={live}>
        {({ report: { totals } }) => (
          <dl class="reports-tiles">
            {(['visits', ...STATUSES] as const).map((name) => (
              <div key={name} class={name === 'visits' ? 'reports-tile reports-tile-first' : 'reports-tile'}>
                <dt>{name === 'visits' ? w('figure.visits') : w(`status.${name}`)}</dt>
                <dd>{say.count(totals[name])}</dd>
              </div>
            ))}
            <div class="reports-tile">
              <dt>{w('figure.lobby_average_seconds')}</dt>
              <dd>{say.minutes(totals.lobby_average_seconds)}</dd>
            </div>
          </dl>
        )}
      </Loadable>
    </Section>
  );
}

/** How old the figures are; it counts on by itself. */
function Fresh({ at }: { at: Date }) {
  const w = useReports();
  const say = useSay();
  const format = useFormat();
  const [now, setNow] = useState(at);
  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <time dateTime={at.toISOString()} data-fresh>
        {say.clock(at)}, {format.relative(at, now < at ? at : now)}
      </time>
      {' · '}
      {w('today.lead')}
    </>
  );
}

/** Today, also after midnight. */
function useDay(): string {
  const [day, setDay] = useState(() => dayOf(new Date()));
  useEffect(() => {
    const timer = setInterval(() => setDay(dayOf(new Date())), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return day;
}
