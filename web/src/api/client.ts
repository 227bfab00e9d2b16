// The HTTP API. The operator's token comes in the link's fragment and stays in this tab.
const KEY = "diemcau.token";

export class ApiError extends Error {
  /** problem: the whole document (RFC 9457), with what its kind adds. */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problem: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Takes the token out of the address bar. */
export function takeTokenFromAddress(): void {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (found?.[1]) {
    sessionStorage.setItem(KEY, found[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
}

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

export function setToken(value: string | null): void {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
}

export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response =
    body === undefined ? await send(method, path) : await send(method, path, JSON.stringify(body), "application/json");
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The answer as it is; `content` as it is sent. Throws ApiError. */
export async function send(method: string, path: string, content?: string | Blob, type = ""): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token() ?? ""}`, ...(type ? { "Content-Type": type } : {}) },
    ...(content === undefined ? {} : { body: content }),
  });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Record<string, string>;
    const vi = problem["reason_vi"];
    const text = document.documentElement.lang === "vi" && vi ? vi : problem["detail"] || problem["title"];
    throw new ApiError(response.status, problem["code"] ?? "unknown", text ?? response.statusText, problem);
  }
  return response;
}
