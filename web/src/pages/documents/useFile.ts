import { useEffect, useState } from "react";
import type { Caller } from "../../api/caller";

/** A document's file, for as long as `documentId` names it; null while it is fetched, or where it may not be had. */
export function useFile(caller: Caller, sessionId: string, documentId: string | null) {
  const [file, setFile] = useState<{ id: string; blob: Blob } | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setFile(null);
    setProblem("");
    if (!documentId || !sessionId) return;
    let over = false;
    caller.file(`/sessions/${sessionId}/documents/${documentId}/content`).then(
      (blob) => !over && setFile({ id: documentId, blob }),
      (failure: unknown) => !over && setProblem(failure instanceof Error ? failure.message : String(failure)),
    );
    return () => {
      over = true;
    };
  }, [caller, sessionId, documentId]);
  return { file: file?.id === documentId ? file.blob : null, problem };
}
