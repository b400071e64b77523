// Lists that come page by page: the first at once, the others on demand.
import type { Inputs } from 'preact/hooks';
import { useState } from 'preact/hooks';
import { type Loaded, useAction, useLoad } from './hooks';
import type { Problem } from './problem';

export interface ListPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null behind the last. */
  readonly next: string | null;
}

export interface Paged<T> {
  /** The first page, for `Loadable`. */
  readonly first: Loaded<ListPage<T>>;
  /** All that came so far. */
  readonly items: readonly T[];
  /** There is more than that. */
  readonly unfinished: boolean;
  /** Gets the next page; with `all` every page that there is. */
  more(all?: boolean): Promise<void>;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
}

/** Loads the first page now and whenever an input changes. */
export function usePaged<T>(
  load: (cursor: string, signal?: AbortSignal) => Promise<ListPage<T>>,
  inputs: Inputs,
): Paged<T> {
  const first = useLoad((signal) => load('', signal), inputs);
  const [rest, setRest] = useState<{ of: ListPage<T>; pages: ListPage<T> }>();
  // What came behind another first page is no part of this list.
  const behind = rest && rest.of === first.data ? rest.pages : undefined;
  const next = behind ? behind.next : (first.data?.next ?? null);
  const getting = useAction(async (all: boolean) => {
    const of = first.data;
    let cursor = next;
    const found = [...(behind?.items ?? [])];
    while (of && cursor) {
      const page = await load(cursor);
      found.push(...page.items);
      cursor = page.next;
      setRest({ of, pages: { items: [...found], next: cursor } });
      if (!all) break;
    }
  });
  return {
    first,
    items: [...(first.data?.items ?? []), ...(behind?.items ?? [])],
    unfinished: next !== null,
    more: async (all = false) => getting.run(all),
    busy: getting.busy,
    problem: getting.problem,
  };
}
