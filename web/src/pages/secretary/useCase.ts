import { useCallback, useState } from "react";
import type { Case } from "../../api/case";
import { api } from "../../api/client";
import { useApi } from "../../api/useApi";

const EVERY_MS = 2000;

export type Send = (method: string, path: string, body?: unknown) => Promise<boolean>;

/** A session's case, kept up to date, and what is written into it. `send` is true when it was taken. */
export function useCase(sessionId: string) {
  const { data, error, reload } = useApi<Case>(`/sessions/${sessionId}/case`, EVERY_MS);
  const [problem, setProblem] = useState("");
  const send: Send = useCallback(
    async (method, path, body) => {
      setProblem("");
      let done = true;
      try {
        await api(method, `/sessions/${sessionId}${path}`, body);
      } catch (failure) {
        setProblem(failure instanceof Error ? failure.message : String(failure));
        done = false;
      }
      await reload();
      return done;
    },
    [sessionId, reload],
  );
  return { data, error, problem, setProblem, send, reload };
}
