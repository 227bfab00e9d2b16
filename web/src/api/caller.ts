// Who asks the API: the person who signed in, or an endpoint by its link.
import { refusalOf, request } from "./client";

export interface Caller {
  json: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  file: (path: string) => Promise<Blob>;
  form: <T>(path: string, form: FormData) => Promise<T>;
}

function caller(ask: (method: string, path: string, body?: unknown) => Promise<Response>): Caller {
  return {
    json: async <T>(method: string, path: string, body?: unknown) =>
      (await (await ask(method, path, body)).json()) as T,
    file: async (path) => (await ask("GET", path)).blob(),
    form: async <T>(path: string, form: FormData) => (await (await ask("POST", path, form)).json()) as T,
  };
}

/** By cookie or by the token of this tab. */
export const asPerson: Caller = caller((method, path, body) =>
  request(method, path, body, body instanceof FormData ? { type: "form" } : {}),
);

/** By the token of an endpoint's link. */
export function asEndpoint(token: string): Caller {
  return caller(async (method, path, body) => {
    const json = body !== undefined && !(body instanceof FormData);
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(json ? { "Content-Type": "application/json" } : {}) },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as FormData) }),
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  });
}
