import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, answered, api } from "./client";

export interface Loaded<T> {
  data: T | null;
  error: ApiError | Error | null;
  reload: () => Promise<void>;
}

/** Loads `path` and loads it again each `everyMs`; a failure keeps what was there. */
export function useApi<T>(path: string, everyMs = 0): Loaded<T> {
  const [data, setData] = useState<T | null>(() => answered<T>(path));
  const fresh = useRef(data !== null);
  const [error, setError] = useState<Error | null>(null);
  const load = useCallback(
    async (background: boolean) => {
      try {
        setData(await api<T>("GET", path, undefined, { background }));
        setError(null);
      } catch (failure) {
        setError(failure instanceof Error ? failure : new Error(String(failure)));
      }
    },
    [path],
  );
  useEffect(() => {
    if (!fresh.current) void load(false);
    fresh.current = false;
    if (!everyMs) return;
    const timer = setInterval(() => void load(true), everyMs);
    return () => clearInterval(timer);
  }, [load, everyMs]);
  const reload = useCallback(() => load(false), [load]);
  return { data, error, reload };
}
