// The HTTP API. Who signed in is known by a cookie that no script reads; the token of the server's link comes in the
// link's fragment and stays in this tab.
const KEY = "diemcau.token";
/** Told to the window when the server knows the bearer no longer. */
export const SIGNED_OUT = "diemcau:signed-out";

export class ApiError extends Error {
  /** problem: the whole document (RFC 9457), with what its kind adds. */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly pending = "",
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

export interface Asking {
  /** The body as it is, of this type; not JSON. "form": FormData, of which the browser says the type. */
  type?: string;
  /** The page asks by itself: that does not keep anybody signed in. */
  background?: boolean;
}

/** The answer itself, for what is no JSON. */
export async function request(method: string, path: string, body?: unknown, asking: Asking = {}): Promise<Response> {
  const response = await ask(method, path, body, asking);
  if (response.ok) return response;
  const refusal = await refusalOf(response);
  if (["token_needed", "invalid_token", "signed_out", "account_unfinished"].includes(refusal.code)) {
    window.dispatchEvent(new Event(SIGNED_OUT));
  }
  throw refusal;
}

function ask(method: string, path: string, body?: unknown, asking: Asking = {}): Promise<Response> {
  const known = token();
  return fetch(`/api/v1${path}`, {
    method,
    headers: {
      ...(known ? { Authorization: `Bearer ${known}` } : {}),
      ...(asking.background ? { "X-Background": "1" } : {}),
      ...(body === undefined || asking.type === "form" ? {} : { "Content-Type": asking.type ?? "application/json" }),
    },
    ...(body === undefined ? {} : { body: asking.type ? (body as Blob | FormData) : JSON.stringify(body) }),
  });
}

/** What the server refused, in the reader's language where it has words in it. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, string>;
  const vi = problem["reason_vi"];
  const text = document.documentElement.lang === "vi" && vi ? vi : problem["detail"] || problem["title"];
  const { code = "unknown", pending = "" } = problem;
  return new ApiError(response.status, code, text ?? response.statusText, pending, problem);
}

export async function api<T>(method: string, path: string, body?: unknown, asking: Asking = {}): Promise<T> {
  if (method !== "GET") ahead.clear(); // an order makes what was asked before it old
  const known = takeAhead(path);
  if (known) {
    const data = await known.coming;
    if (data !== null) return data as T;
  }
  const response = await request(method, path, body, asking);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** What the first page asks, asked before its code was there. coming, data: null is no good answer, to be asked again. */
interface Ahead {
  coming: Promise<unknown>;
  data: unknown;
}

const AHEAD_MS = 5000;
const ahead = new Map<string, Ahead>();

/** Asks `path` now; the first who asks it in the page's first seconds has the answer. Never fails. */
export function askAhead(path: string): Promise<unknown> {
  const entry: Ahead = { coming: Promise.resolve(null), data: null };
  entry.coming = ask("GET", path)
    .then(async (response) => {
      const data = (await response.json()) as unknown; // read in any case: an answer unread holds its connection
      return response.ok ? data : null;
    })
    .catch(() => null)
    .then((data) => {
      entry.data = data;
      return data;
    });
  ahead.set(path, entry);
  performance.mark(`asked-ahead:${path}`); // what nobody takes is asked in vain: tests/browser/test_accessible_pages.py
  setTimeout(() => ahead.delete(path), AHEAD_MS);
  return entry.coming;
}

function takeAhead(path: string): Ahead | undefined {
  const entry = ahead.get(path);
  if (ahead.delete(path)) performance.mark(`taken:${path}`);
  return entry;
}

/** The answer to `path` if it was asked ahead and is there already, once; so a page can have it when it is first shown. */
export function answered<T>(path: string): T | null {
  return ahead.get(path)?.data ? (takeAhead(path)?.data as T) : null;
}
