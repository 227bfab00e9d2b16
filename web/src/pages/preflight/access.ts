// The API by the token of an endpoint's link or of a survey's, not by the operator's.
import { MeasureError } from "../../endpoint/measure/types";

export async function call<T>(token: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, string>;
  if (!response.ok) {
    const vi = document.documentElement.lang === "vi" ? answer["reason_vi"] : "";
    const text = vi || answer["detail"] || answer["title"] || response.statusText;
    throw new MeasureError(answer["code"] ?? "unknown", text);
  }
  return answer as T;
}
