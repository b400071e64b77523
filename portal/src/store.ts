// A value that many components look at: the session, the place, the language. Nothing more than that is shared.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** Calls back at each change; returns what ends that. */
  watch(look: () => void): () => void;
}

export function makeStore<T>(first: T): Store<T> {
  let value = first;
  const lookers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const look of [...lookers]) look();
    },
    watch(look) {
      lookers.add(look);
      return () => lookers.delete(look);
    },
  };
}

/** The store's value; the component renders anew when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    const look = () => setValue(() => store.get());
    look(); // it may have changed between rendering and now
    return store.watch(look);
  }, [store]);
  return value;
}
