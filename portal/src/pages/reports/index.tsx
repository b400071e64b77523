import type { ComponentChildren } from 'preact';
import { ask } from '../../api/client';
import { useAction, useLoad } from '../../api/hooks';
import { go, place } from '../../app/place';
import { api } from '../../session/session';
import { useStore } from '../../store';
import { Button } from '../../ui/Button';
import { Loadable } from '../../ui/Loading';
import { EmptyState, Page, Section } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { toast } from '../../ui/toast';
import { useCommon } from '../../words/common';
import { useFormat } from '../../words/format';
import { useReports } from '../../words/reports';
import { Allowance } from './Allowance';
import { Departments } from './Departments';
import { downloadSheet, downloadVisits, type Sheet } from './download';
import { Filters } from './Filters';
import { Find } from './Find';
import type { Quality, Texts, Usage } from './figures';
import { daysOf, type Filter, impossible, readFilter, type Scope, scopeOf, USUAL, writeFilter } from './filter';
import { Heard } from './Heard';
import { Meanings } from './Meanings';
import { NoShows } from './NoShows';
import { Outcomes } from './Outcomes';
import { Sms } from './Sms';
import { Today } from './Today';
import { Trends } from './Trends';
import { Waiting } from './Waiting';
import './reports.css';

export default function ReportsPage() {
  const t = useCommon();
  const w = useReports();
  const format = useFormat();
  const { search } = useStore(place);
  const filter = readFilter(search);
  const possible = !impossible(filter);
  const scope = scopeOf(filter, daysOf(filter, new Date()));
  const connections = useLoad((signal) => ask(api().GET('/reports/connections', { signal })), []);
  const known = connections.data?.connections ?? [];
  const departments = useLoad(
    async (signal) => {
      if (!possible) return [];
      const query = { ...scopeOf({ ...filter, department: '' }, [scope.from, scope.to]), by: 'month' } as const;
      const report = await ask(api().GET('/reports/usage', { params: { query }, signal }));
      return (report as Usage).departments.map(({ department }) => department);
    },
    [possible, scope.from, scope.to, filter.connection],
  );
  const visits = useAction(async () => {
    await downloadVisits(scope);
    toast(w('downloaded'));
  });
  const change = (next: Filter) => go(`/reports${writeFilter(next)}`, { replace: true });
  return (
    <Page
      title={t('page.reports')}
      lead={w('lead')}
      actions={
        <>
          <Button icon="print" onClick={() => print()}>
            {w('print')}
          </Button>
          <Button icon="download" busy={visits.busy} disabled={!possible} onClick={() => visits.run()}>
            {w('download')}
          </Button>
        </>
      }
    >
      {visits.problem && <ProblemNote problem={visits.problem} />}
      {connections.problem && <ProblemNote problem={connections.problem} onRetry={connections.reload} />}
      <Today filter={filter} />
      <Section
        title={w('scope')}
        lead={possible && w('scope.lead', { from: format.date(scope.from, 'UTC'), to: format.date(scope.to, 'UTC') })}
      >
        <Filters filter={filter} onChange={change} connections={known} departments={departments.data ?? []} />
      </Section>
      {possible && <Reports filter={filter} scope={scope} onClear={() => change(USUAL)} />}
      <Find connections={known} />
      <Meanings />
    </Page>
  );
}

interface Props {
  readonly filter: Filter;
  readonly scope: Scope;
  readonly onClear: () => void;
}

/** The three reports of the range. Each comes, or fails, by itself. */
function Reports({ filter, scope, onClear }: Props): ComponentChildren {
  const w = useReports();
  const query = { ...scope, by: filter.by };
  const inputs = [JSON.stringify(query)];
  const get = { params: { query } };
  const usage = useLoad(
    async (signal) => (await ask(api().GET('/reports/usage', { ...get, signal }))) as Usage,
    inputs,
  );
  const texts = useLoad(async (signal) => (await ask(api().GET('/reports/sms', { ...get, signal }))) as Texts, inputs);
  const quality = useLoad(
    async (signal) => (await ask(api().GET('/reports/quality', { ...get, signal }))) as Quality,
    inputs,
  );
  const sheet = (of: Sheet) => downloadSheet(of, scope, filter.by);
  const filtered = writeFilter(filter) !== '';
  return (
    <>
      <Loadable of={usage} lines={8}>
        {(report) =>
          report.totals.visits === 0 ? (
            <>
              <Section>
                <EmptyState
                  title={w('none.title')}
                  action={filtered && <Button onClick={onClear}>{w('filter.clear')}</Button>}
                >
                  <p>{w('none.text')}</p>
                </EmptyState>
              </Section>
              {report.allowance.length > 0 && (
                <Allowance usage={report} download={() => sheet({ report: 'usage', table: 'allowance' })} />
              )}
            </>
          ) : (
            <>
              <Trends usage={report} download={() => sheet({ report: 'usage', table: 'periods' })} />
              <div class="reports-pair">
                <Outcomes usage={report} download={() => sheet({ report: 'usage', table: 'periods' })} />
                <Waiting usage={report} download={() => sheet({ report: 'usage', table: 'waiting' })} />
              </div>
              <NoShows usage={report} download={() => sheet({ report: 'usage', table: 'periods' })} />
              <Departments usage={report} download={() => sheet({ report: 'usage', table: 'departments' })} />
              <Allowance usage={report} download={() => sheet({ report: 'usage', table: 'allowance' })} />
            </>
          )
        }
      </Loadable>
      {usage.data && usage.data.totals.visits > 0 && (
        <>
          <Loadable of={texts}>
            {(report) => <Sms texts={report} download={(table) => sheet({ report: 'sms', table })} />}
          </Loadable>
          <Loadable of={quality}>
            {(report) => <Heard quality={report} download={(table) => sheet({ report: 'quality', table })} />}
          </Loadable>
        </>
      )}
    </>
  );
}
