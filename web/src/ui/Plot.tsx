import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { locale } from "./format";

export interface Line {
  label: string;
  colour: string;
  values: (number | null)[];
  /** A level that holds until the next value: layers. */
  stepped?: boolean;
  dash?: number[];
  fill?: string;
}

interface Props {
  /** Unix times. */
  times: number[];
  lines: Line[];
  height: number;
  /** Read by assistive technology, and shown above the plot unless it is small. */
  title: string;
  unit?: string;
  top?: number;
  /** No axes, no legend: a glance. */
  small?: boolean;
  /** Only whole numbers make sense. */
  whole?: boolean;
}

const ZONE = "Asia/Ho_Chi_Minh";

/** Numbers over time. The plot is made once and fed with what is new. */
export function Plot(props: Props) {
  const { times, lines, height, title, small } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const look = JSON.stringify([small, height, props.unit, props.top, lines.map(({ values: _, ...rest }) => rest)]);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = box.current;
    if (!element || !look) return;
    const made = new UPlot(optionsOf(latest.current, element.clientWidth), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [look]);
  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    made.setData(dataOf({ times, lines }));
    if (made.cursor.idx == null) made.setLegend({ idx: times.length - 1 });
  }, [times, lines]);
  return (
    <figure className="plot" data-small={small}>
      {!small && <figcaption>{title}</figcaption>}
      <div ref={box} role="img" aria-label={title} style={{ minHeight: height }} />
    </figure>
  );
}

function dataOf({ times, lines }: Pick<Props, "times" | "lines">): UPlot.AlignedData {
  return [times, ...lines.map((line) => line.values)];
}

function optionsOf(props: Props, width: number): UPlot.Options {
  const { lines, height, small, top, unit, whole } = props;
  const tick = (value: number) => value.toLocaleString(locale(), { maximumFractionDigits: 2 });
  const text = { font: "11px 'Be Vietnam Pro', sans-serif", stroke: "#5b6776", grid: { stroke: "#e6ebf1", width: 1 } };
  return {
    width,
    height,
    tzDate: (at) => UPlot.tzDate(new Date(at * 1000), ZONE),
    legend: { show: !small, live: true },
    cursor: { show: !small, drag: { x: false, y: false }, sync: { key: "times" } },
    scales: { y: { range: (_, __, max) => [0, Math.max(top ?? 0, (max ?? 0) * 1.05) || 1] } },
    padding: small ? [2, 0, 2, 0] : [8, 8, 0, 0],
    axes: small
      ? [{ show: false }, { show: false }]
      : [
          { ...text, size: 24, space: 70, values: (_, splits) => splits.map(clock) },
          {
            ...text,
            size: 52,
            space: 24,
            values: (_, splits) => splits.map((each) => tick(each)),
            ...(whole ? { incrs: [1, 2, 5] } : {}),
          },
        ],
    series: [
      { label: "", value: (_, at) => (at === null ? "" : clock(at)) },
      ...lines.map((line) => ({
        label: line.label,
        stroke: line.colour,
        width: small ? 1.5 : 2,
        points: { show: false },
        value: (_: UPlot, value: number | null) => (value === null ? "–" : `${tick(value)}${unit ? ` ${unit}` : ""}`),
        ...(line.dash ? { dash: line.dash } : {}),
        ...(line.fill ? { fill: line.fill } : {}),
        ...(line.stepped && UPlot.paths.stepped ? { paths: UPlot.paths.stepped({ align: 1 }) } : {}),
      })),
    ],
  };
}

function clock(at: number): string {
  return new Date(at * 1000).toLocaleTimeString(locale(), { timeZone: ZONE, hour12: false });
}
