// Days of the calendar as pages ask for them: 2026-11-24.

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day written in an address; empty if it is none. */
export const readDay = (text: string | null): string =>
  text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';

/** A day as this browser counts them, some days before another. */
export function dayOf(moment: Date, before = 0): string {
  const shifted = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - before);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${shifted.getFullYear()}-${two(shifted.getMonth() + 1)}-${two(shifted.getDate())}`;
}
