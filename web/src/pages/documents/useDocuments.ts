import { useCallback, useEffect, useState } from "react";
import type { Caller } from "../../api/caller";
import type { DocumentList } from "../../api/case";

const EVERY_MS = 3000;

/** A session's documents as the caller may see them, kept up to date, and what is done to them. */
export function useDocuments(caller: Caller, sessionId: string) {
  const [list, setList] = useState<DocumentList | null>(null);
  const [problem, setProblem] = useState("");
  const load = useCallback(async () => {
    try {
      setList(await caller.json<DocumentList>("GET", `/sessions/${sessionId}/documents`));
    } catch (failure) {
      setProblem(said(failure));
    }
  }, [caller, sessionId]);
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => clearInterval(timer);
  }, [load]);
  const act = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      setProblem("");
      let done = true;
      try {
        await work();
      } catch (failure) {
        setProblem(said(failure));
        done = false;
      }
      await load();
      return done;
    },
    [load],
  );
  return { list, problem, setProblem, act };
}

function said(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
