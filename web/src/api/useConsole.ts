import { useEffect, useRef, useState } from "react";
import { api } from "./client";
import { type ConsoleView, merged } from "./console";

const EVERY_MS = 2000;

/** The lines of a session and the last minutes, kept up to date; what was there stays while the server is silent. */
export function useConsole(sessionId: string, running: boolean): ConsoleView | null {
  const [view, setView] = useState<ConsoleView | null>(null);
  const known = useRef<ConsoleView | null>(null);
  useEffect(() => {
    known.current = null;
    if (!running) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const since = known.current?.site_history.times.at(-1) ?? 0;
      try {
        const more = await api<ConsoleView>("GET", `/sessions/${sessionId}/console?since=${since}`);
        if (over) return;
        known.current = merged(known.current, more);
        setView(known.current);
      } catch {
        // The session's own polling says that the server is lost.
      }
      if (!over) timer = setTimeout(() => void load(), EVERY_MS);
    };
    void load();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [sessionId, running]);
  return view;
}
