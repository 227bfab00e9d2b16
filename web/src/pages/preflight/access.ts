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
    throw new MeasureError(answer["code"] ?? "unknown", answer["detail"] || answer["title"] || response.statusText);
  }
  return answer as T;
}
