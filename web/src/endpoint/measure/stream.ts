// An answer that comes line by line while the server measures.
import { MeasureError } from "./types";

export interface Line {
  type: string;
  [key: string]: unknown;
}

export async function postStream(
  path: string,
  token: string,
  body: unknown,
  onLine: (line: Line) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const response = await fetch(`/api/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => ({}))) as Record<string, string>;
    throw errorOf(problem, response.statusText);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += value ?? "";
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (line.type === "error") throw errorOf(line as unknown as Record<string, string>, "");
      await onLine(line);
    }
    if (done) return;
  }
}

function errorOf(problem: Record<string, string>, fallback: string): MeasureError {
  const vi = document.documentElement.lang === "vi" ? problem["reason_vi"] : "";
  return new MeasureError(problem["code"] ?? "unknown", vi || problem["detail"] || problem["title"] || fallback);
}
