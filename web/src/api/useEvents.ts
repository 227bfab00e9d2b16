import { useEffect, useState } from "react";
import { api } from "./client";
import type { SessionEvent } from "./course";

const KEPT = 200;
const AGAIN_MS = 3000;

interface Answer {
  events: SessionEvent[];
  last: number;
}

/** Asks again and again, the server answering when there is news, until it is told to stop. */
function follow(sessionId: string, hear: (answer: Answer, first: boolean) => void): () => void {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (last: number | null) => {
    try {
      const query = last === null ? "" : `?after=${last}&wait=25`;
      const answer = await api<Answer>("GET", `/sessions/${sessionId}/events${query}`, undefined, { background: true });
      if (over) return;
      if (answer.events.length) hear(answer, last === null);
      void ask(answer.last);
    } catch {
      // The page's own polling says that the server is lost.
      if (!over) timer = setTimeout(() => void ask(last), AGAIN_MS);
    }
  };
  void ask(null);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** A session's events as they come, newest last. `onNews`: told each time. */
export function useEvents(sessionId: string, onNews?: () => void): SessionEvent[] {
  const [events, setEvents] = useState<SessionEvent[]>([]);
  useEffect(() => {
    setEvents([]);
    return follow(sessionId, (answer, first) => {
      setEvents((before) => [...before, ...answer.events].slice(-KEPT));
      if (!first) onNews?.();
    });
  }, [sessionId, onNews]);
  return events;
}
