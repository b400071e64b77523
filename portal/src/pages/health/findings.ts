// What the doctor found, in groups.
import { ask, type Schema } from '../../api/client';
import { api } from '../../session/session';
import { makeStore } from '../../store';

export type Diagnosis = Schema<'Diagnosis'>;
export type Finding = Schema<'Finding'>;
export type Level = Finding['level'];
export type ActionKind = NonNullable<Finding['action']>['kind'];

/** The worst first. */
export const LEVELS = ['error', 'warning', 'unknown', 'info', 'ok'] as const satisfies readonly Level[];

/** What no machine can see comes with every diagnosis, whatever it found. */
export const isHint = ({ code }: Finding): boolean => code.startsWith('hint.');

export const ofLevel = ({ findings }: Diagnosis, level: Level): Finding[] =>
  findings.filter((finding) => finding.level === level && !isHint(finding));

/** One code may be found several times, about different things. */
export const keyOf = ({ code, values }: Finding): string => [code, ...Object.values(values)].join(' ');

/** What was found last of each connection, by its id, while the portal is open. */
export const known = makeStore<ReadonlyMap<string, Diagnosis>>(new Map());

export async function diagnose(id: string, signal: AbortSignal): Promise<Diagnosis> {
  const found = await ask(api().GET('/connections/{id}/diagnosis', { params: { path: { id } }, signal }));
  known.set(new Map(known.get()).set(id, found));
  return found;
}
