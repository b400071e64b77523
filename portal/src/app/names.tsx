// Who the object ids of Entra are. The directory is asked in batches, and once for each id while the portal is open.
import { ask, type Schema } from '../api/client';
import { useLoad } from '../api/hooks';
import type { Problem } from '../api/problem';
import { api } from '../session/session';
import { useCommon } from '../words/common';
import './names.css';

export type Person = Schema<'PersonShown'>;

export interface Names {
  /** The person; null if the directory has nobody with this id (any more); undefined if it was not asked yet. */
  of(oid: string): Person | null | undefined;
  readonly loading: boolean;
  /** Why names are missing. */
  readonly problem: Problem | undefined;
  retry(): void;
}

/** What the API takes in one request. */
const BATCH = 50;
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const known = new Map<string, Person | null>();

export const isObjectId = (text: string): boolean => GUID.test(text.toLowerCase());

async function learn(oids: readonly string[], signal: AbortSignal): Promise<void> {
  const batches = Array.from({ length: Math.ceil(oids.length / BATCH) }, (_, index) =>
    oids.slice(index * BATCH, (index + 1) * BATCH),
  );
  await Promise.all(
    batches.map(async (batch) => {
      const params = { query: { ids: batch.join() } };
      const { people } = await ask(api().GET('/directory/people', { params, signal }));
      const found = new Map(people.map((person) => [person.oid.toLowerCase(), person]));
      for (const oid of batch) known.set(oid, found.get(oid) ?? null);
    }),
  );
}

/** Names for these ids, as they come. */
export function useNames(oids: readonly string[]): Names {
  const wanted = new Set(oids.map((oid) => oid.toLowerCase()));
  const missing = [...wanted].filter((oid) => isObjectId(oid) && !known.has(oid)).sort();
  const learning = useLoad((signal) => learn(missing, signal), [missing.join()]);
  return {
    of: (oid) => known.get(oid.toLowerCase()),
    loading: learning.loading && missing.length > 0,
    problem: missing.length > 0 ? learning.problem : undefined,
    retry: learning.reload,
  };
}

/** A person's name and user name; the bare id while, or if, there is none. */
export function PersonName({ oid, names }: { oid: string; names: Names }) {
  const t = useCommon();
  const person = names.of(oid);
  if (person)
    return (
      <span class="person-shown">
        <span>{person.name || person.username}</span>
        {person.name && <UserName of={person.username} />}
      </span>
    );
  return (
    <span class="person-shown" aria-busy={person === undefined && names.loading ? true : undefined}>
      {person === null && <span>{t('person.gone')}</span>}
      <span class="person-detail code">{oid}</span>
    </span>
  );
}

/** It breaks before the @ if it must break. */
function UserName({ of }: { of: string }) {
  const [local, ...domain] = of.split('@');
  return (
    <span class="person-detail">
      {local}
      {domain.length > 0 && (
        <>
          <wbr />@{domain.join('@')}
        </>
      )}
    </span>
  );
}
