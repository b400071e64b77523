// Leaving a form with entries that are not saved: asked in our own dialog inside, in the browser's own outside.
import { useEffect } from 'preact/hooks';
import { makeStore } from '../store';
import { guardLeaving } from './place';

/** What goes on when someone says "leave"; undefined while nobody is asked. The shell shows the dialog. */
export const leaving = makeStore<(() => void) | undefined>(undefined);

/** While `unsaved`, leaving the page asks first. */
export function useUnsaved(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const outside = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', outside);
    guardLeaving((move) => {
      leaving.set(() => {
        guardLeaving(undefined);
        move();
      });
      return false;
    });
    return () => {
      removeEventListener('beforeunload', outside);
      guardLeaving(undefined);
    };
  }, [unsaved]);
}
