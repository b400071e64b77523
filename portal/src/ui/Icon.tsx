// Small line drawings of our own on a grid of 20. They say nothing that the words beside them do not say.
const PATHS = {
  add: 'M10 4v12M4 10h12',
  arrow: 'M4 10h12M11 5l5 5-5 5',
  back: 'M16 10H4M9 5l-5 5 5 5',
  chart: 'M3.5 3.5v13h13M7 13.5V10M10.5 13.5V6M14 13.5V8.5',
  check: 'M4 10.5l4 4 8-9',
  chevron: 'M5 7.5l5 5 5-5',
  close: 'M5 5l10 10M15 5L5 15',
  copy: 'M7.5 7.5v-3h8v8h-3M4.5 7.5h8v8h-8z',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  edit: 'M4 16l.8-3.2 8.6-8.6 2.4 2.4-8.6 8.6zM11.5 6l2.4 2.4',
  error: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 6v5M10 13.6v.3',
  external: 'M8 5H4.5v10.5H15V12M11 4.5h4.5V9M15 5l-6 6',
  file: 'M5.5 2.5h6l3 3v12h-9zM11.5 2.5v3h3',
  info: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 9v5M10 6.1v.3',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  more: 'M4 10a.5.5 0 101 0 .5.5 0 10-1 0zM9.5 10a.5.5 0 101 0 .5.5 0 10-1 0zM15 10a.5.5 0 101 0 .5.5 0 10-1 0z',
  people:
    'M7.5 9a2.8 2.8 0 100-5.5A2.8 2.8 0 007.5 9zM2.5 16.5c0-3 2.2-5 5-5s5 2 5 5M13 9a2.3 2.3 0 100-4.6M14 11.7c2 .4 3.5 2.2 3.5 4.8',
  print: 'M6 7V3h8v4M6 13H3.5V7.5h13V13H14M6 11h8v5.5H6z',
  pulse: 'M2.5 10.5h3.5l2-5.5 4 10 2-4.5h3.5',
  refresh: 'M16 10a6 6 0 11-1.8-4.3M16 3.5v3h-3',
  remove: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11',
  search: 'M8.5 3.5a5 5 0 100 10 5 5 0 000-10zM12.3 12.3l4.2 4.2',
  signout: 'M8 3.5H4v13h4M8 10h8.5M13 6.5l3.5 3.5-3.5 3.5',
  time: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 5.5V10l3 2',
  trail: 'M7 5h9.5M7 10h9.5M7 15h9.5M3.5 5h.1M3.5 10h.1M3.5 15h.1',
  upload: 'M10 13V4M6 7.5l4-4 4 4M4 16.5h12',
  warning: 'M10 3l7.5 13.5h-15zM10 8v4M10 14.1v.3',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon beside words: hidden from readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
