// Curves over time (uPlot). The numbers stand in the table beside it, so that it is one picture for assistive technology.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const FONT = "13px 'Be Vietnam Pro', sans-serif";
const GRID = { stroke: "#e3e8ef", width: 1 };

export interface Line {
  label: string;
  values: number[];
  colour: string;
  dashed?: boolean;
  /** Holds each value until the next, as a picture's size does. */
  steps?: boolean;
}

interface Props {
  title: string;
  times: number[];
  lines: Line[];
  /** How a value is written in the legend. */
  format: (value: number) => string;
  height?: number;
  /** Where the vertical axis has its marks; elsewhere they are round numbers. */
  marks?: number[];
}

export function TimeChart({ title, times, lines, format, height = 220, marks }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plot = new uPlot(options(lines, format, marks, element.clientWidth, height), data(times, lines), element);
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [times, lines, format, height, marks]);
  return (
    <figure style={{ margin: 0 }}>
      <figcaption style={{ fontWeight: 600, marginBottom: 4 }}>{title}</figcaption>
      <div ref={place} role="img" aria-label={`${title}: ${lines.map((line) => line.label).join(", ")}`} />
    </figure>
  );
}

function data(times: number[], lines: Line[]): uPlot.AlignedData {
  return [times, ...lines.map((line) => line.values)];
}

function options(
  lines: Line[],
  format: (value: number) => string,
  marks: number[] | undefined,
  width: number,
  height: number,
): uPlot.Options {
  return {
    width,
    height,
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most * 1.08, 1)] } },
    axes: [
      { font: FONT, grid: GRID, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
      {
        font: FONT,
        grid: GRID,
        size: 64,
        values: (_, ticks) => ticks.map((tick) => format(tick)),
        ...(marks ? { splits: marks } : {}),
      },
    ],
    series: [
      { label: "s" },
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: line.colour,
          width: line.dashed ? 1.5 : 2,
          ...(line.dashed ? { dash: [6, 4] } : {}),
          ...(line.steps && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
          points: { show: false },
          value: (_, value) => (value === null ? "–" : format(value)),
        }),
      ),
    ],
  };
}
