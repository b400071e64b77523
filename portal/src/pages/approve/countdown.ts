// How long something still counts, by this browser's clock.
import { useEffect, useRef, useState } from 'preact/hooks';

/** Sign-ins to the EHR count for this long, and clocks differ by a little. */
const LONGEST = 16 * 60;

/** Seconds left, down to 0; then `over` is called, once. Undefined if there is nothing to count, or if this clock is
 * so wrong that it would lock somebody out: the API decides in the end.
 */
export function useCountdown(until: string | null, over: () => void): number | undefined {
  const [left, setLeft] = useState<number>();
  const latest = useRef(over);
  latest.current = over;
  useEffect(() => {
    const end = until ? Date.parse(until) : 0;
    const seconds = () => Math.ceil((end - Date.now()) / 1000);
    if (seconds() <= 0 || seconds() > LONGEST) {
      setLeft(undefined);
      return;
    }
    const look = () => {
      const now = Math.max(0, seconds());
      setLeft(now);
      if (now > 0) return;
      clearInterval(timer);
      latest.current();
    };
    const timer = setInterval(look, 1_000);
    look();
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
