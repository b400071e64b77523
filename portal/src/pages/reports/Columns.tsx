import { scaleBand, scaleLinear } from 'd3-scale';
import { useId } from 'preact/hooks';
import { useWidth } from './useWidth';

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly label: string;
  /** What each place on the axis is. */
  readonly places: readonly string[];
  /** One, or two: the second is hatched. */
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** Counts have no halves. */
  readonly whole?: boolean;
}

const HEIGHT = 220;
const TOP = 20;
const BOTTOM = 26;
const LETTER = 7;
const TICKS = 4;

/** Columns along an axis. Where there is room each has its figure on top. */
export function Columns({ label, places, series, format, whole = false }: Props) {
  const [frame, width] = useWidth();
  const hatch = useId();
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const y = scaleLinear([0, most || 1], [HEIGHT - BOTTOM, TOP]).nice(TICKS);
  const ticks = y.ticks(TICKS).filter((tick) => !whole || Number.isInteger(tick));
  const left = Math.ceil(Math.max(...ticks.map((tick) => format(tick).length)) * LETTER) + 8;
  const index = places.map((_, place) => place);
  const x = scaleBand(index, [left, width]).paddingInner(0.25).paddingOuter(0.1);
  const inner = scaleBand(
    series.map((_, at) => at),
    [0, x.bandwidth()],
  ).paddingInner(series.length > 1 ? 0.1 : 0);
  const longest = Math.max(1, ...places.map((place) => place.length)) * LETTER + 20;
  const every = Math.max(1, Math.ceil((longest * places.length) / Math.max(1, width - left)));
  const roomy = (text: string) => text.length * LETTER <= inner.step() + 2;
  return (
    <div class="reports-chart" ref={frame}>
      {series.length > 1 && (
        <ul class="reports-legend">
          {series.map((one, at) => (
            <li key={one.name}>
              <svg width="16" height="16" aria-hidden="true" focusable="false">
                <Hatch id={`${hatch}-${at}`} />
                <rect
                  class={at ? 'reports-hatched' : 'reports-fill'}
                  {...filled(at, `${hatch}-${at}`)}
                  width="16"
                  height="16"
                  rx="2"
                />
              </svg>
              {one.name}
            </li>
          ))}
        </ul>
      )}
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={label}>
        <Hatch id={hatch} />
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="reports-grid" x1={left} x2={width} y1={y(tick)} y2={y(tick)} />
            <text class="reports-tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {places.map((place, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place is where it is, and two may be named alike
          <g key={at} transform={`translate(${x(at) ?? 0} 0)`}>
            {series.map(({ name, values }, which) => {
              const value = values[at] ?? null;
              if (value === null) return null;
              const said = format(value);
              const at0 = inner(which) ?? 0;
              return (
                <g key={name}>
                  <title>{`${place}, ${name}: ${said}`}</title>
                  {value > 0 && (
                    <rect
                      class={which ? 'reports-hatched' : 'reports-fill'}
                      {...filled(which, hatch)}
                      x={at0}
                      y={Math.min(y(value), HEIGHT - BOTTOM - 2)}
                      width={inner.bandwidth()}
                      height={Math.max(2, HEIGHT - BOTTOM - y(value))}
                    />
                  )}
                  {roomy(said) && value > 0 && (
                    <text class="reports-on" x={at0 + inner.bandwidth() / 2} y={y(value) - 5} text-anchor="middle">
                      {said}
                    </text>
                  )}
                </g>
              );
            })}
            {at % every === 0 && (
              <text class="reports-tick" x={middle(at) - (x(at) ?? 0)} y={HEIGHT - 8} text-anchor="middle">
                {place}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  );

  /** Where a name's middle is: under its column, and so that what is wider than that does not leave the picture. */
  function middle(at: number): number {
    const half = ((places[at] ?? '').length * LETTER) / 2;
    return Math.max(half, Math.min(width - half, (x(at) ?? 0) + x.bandwidth() / 2));
  }
}

const filled = (which: number, hatch: string) => (which ? { fill: `url(#${hatch})` } : {});

/** Stripes: the second series is told from the first without colour. */
function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(45)">
        <rect class="reports-stripe" width="2.5" height="6" />
      </pattern>
    </defs>
  );
}
