import { scaleLinear } from 'd3-scale';
import { useWidth } from './useWidth';

export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly value: number | null;
  /** The value in words, at the end of the line. */
  readonly said: string;
}

interface Props {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** What a whole bar is; the longest one if not given. */
  readonly most?: number;
}

const ROW = 42;
const LINE = 15;
const THICK = 14;
/** About as wide as a letter gets on average. */
const LETTER = 7.4;

/** Bars that lie, each with its name and its figure above it. */
export function Bars({ label, bars, most }: Props) {
  const [frame, width] = useWidth();
  const longest = most ?? Math.max(0, ...bars.map(({ value }) => value ?? 0));
  const x = scaleLinear([0, longest || 1], [0, width]);
  const height = bars.length * ROW;
  return (
    <div class="reports-chart" ref={frame}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
        {bars.map((bar, index) => (
          <g key={bar.key} transform={`translate(0 ${index * ROW})`}>
            <title>{`${bar.label}: ${bar.said}`}</title>
            <text class="reports-name" x={0} y={LINE}>
              {short(bar.label, width / LETTER - bar.said.length - 2)}
            </text>
            <text class="reports-value" x={width} y={LINE} text-anchor="end">
              {bar.said}
            </text>
            <rect class="reports-track" x={0} y={LINE + 6} width={width} height={THICK} rx={3} />
            {(bar.value ?? 0) > 0 && (
              <rect
                class="reports-fill"
                x={0}
                y={LINE + 6}
                width={Math.max(2, Math.min(width, x(bar.value ?? 0)))}
                height={THICK}
                rx={3}
              />
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

/** What fits; the whole name is in the bar's title and in the table. */
const short = (text: string, letters: number): string =>
  text.length > letters ? `${text.slice(0, Math.max(1, Math.floor(letters) - 1))}…` : text;
