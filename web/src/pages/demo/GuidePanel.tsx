import { ActionIcon, Button, Progress } from "@mantine/core";
import { IconCheck, IconChevronDown, IconChevronUp, IconPointer } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { SessionEvent } from "../../api/course";
import type { SessionView } from "../../api/types";
import { doneSteps, type GuideStep, STEPS } from "./guideSteps";

const KEY = "diemcau.guide";
const EVERY_MS = 1500;
const SHOWN_MS = 3500;

/** The link that `make demo` prints has ?guide=EVENT: what happened until that event was not the person's. */
function guideOf(sessionId: string): number | null {
  const asked = new URLSearchParams(location.search).get("guide");
  if (asked !== null && /^\d+$/.test(asked)) sessionStorage.setItem(KEY, `${sessionId}/${asked}`);
  const [of, from] = (sessionStorage.getItem(KEY) ?? "").split("/");
  return of === sessionId && from ? Number(from) : null;
}

/** What was done so far, by the session's events. */
function useDone(sessionId: string, from: number): Set<string> {
  const [done, setDone] = useState<Set<string>>(new Set());
  useEffect(() => {
    const look = async () => {
      const path = `/sessions/${sessionId}/events?after=${from}`;
      const answer = await api<{ events: SessionEvent[] }>("GET", path, undefined, { background: true });
      setDone(doneSteps(answer.events, from));
    };
    const again = () => void look().catch(() => undefined); // the page says itself that the server is lost
    again();
    const timer = setInterval(again, EVERY_MS);
    return () => clearInterval(timer);
  }, [sessionId, from]);
  return done;
}

/** For the demo's rehearsal only: each action of the console to try, ticked when it was done. */
export function GuidePanel({ session }: { session: SessionView }) {
  const [from] = useState(() => guideOf(session.id));
  return session.kind === "rehearsal" && from !== null ? <Guide sessionId={session.id} from={from} /> : null;
}

function Guide({ sessionId, from }: { sessionId: string; from: number }) {
  const { t } = useTranslation();
  const done = useDone(sessionId, from);
  const [opened, setOpened] = useState(false);
  const next = STEPS.find((step) => !done.has(step.key));
  return (
    <section className="guide" data-opened={opened} aria-label={t("demo.title")} data-testid="guide">
      <header>
        <strong>{t("demo.title")}</strong>
        <span data-testid="guide-count">{t("demo.count", { done: done.size, count: STEPS.length })}</span>
        <ActionIcon
          variant="subtle"
          aria-expanded={opened}
          aria-label={t(opened ? "demo.less" : "demo.all")}
          title={t(opened ? "demo.less" : "demo.all")}
          data-testid="guide-toggle"
          onClick={() => setOpened(!opened)}
        >
          {opened ? <IconChevronDown size={18} /> : <IconChevronUp size={18} />}
        </ActionIcon>
      </header>
      <Progress value={(100 * done.size) / STEPS.length} aria-label={t("demo.progress")} size="sm" />
      {opened ? (
        <ol className="guide-steps">
          {STEPS.map((step) => (
            <Step key={step.key} step={step} done={done.has(step.key)} open={step === next} />
          ))}
        </ol>
      ) : next ? (
        <ol className="guide-steps" start={STEPS.indexOf(next) + 1}>
          <Step step={next} done={false} open />
        </ol>
      ) : null}
      {!next && (
        <p role="status" data-testid="guide-over">
          {t("demo.over")}
        </p>
      )}
    </section>
  );
}

function Step({ step, done, open }: { step: GuideStep; done: boolean; open: boolean }) {
  const { t } = useTranslation();
  return (
    <li data-done={done} data-testid={`guide-${step.key}`}>
      <div>
        {done && <IconCheck size={18} aria-label={t("demo.done")} />}
        <span>{t(`demo.step.${step.key}.title`)}</span>
      </div>
      {open && !done && (
        <>
          <p>{t(`demo.step.${step.key}.how`)}</p>
          <Button
            size="compact-xs"
            variant="light"
            leftSection={<IconPointer size={14} />}
            onClick={() => pointAt(step.places)}
          >
            {t("demo.where")}
          </Button>
        </>
      )}
    </li>
  );
}

/** Brings the place into view and lets it stand out for a moment. */
function pointAt(places: string[]): void {
  const found = places.map((place) => document.querySelector(`[data-testid="${place}"]`)).find((each) => each !== null);
  if (!found) return;
  found.scrollIntoView({ block: "center", behavior: "smooth" });
  found.classList.add("guide-here");
  setTimeout(() => found.classList.remove("guide-here"), SHOWN_MS);
}
