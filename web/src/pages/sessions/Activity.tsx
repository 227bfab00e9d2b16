import { Card, ScrollArea, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SessionEvent } from "../../api/course";
import type { EndpointView } from "../../api/types";
import { useEvents } from "../../api/useEvents";
import { locale } from "../../ui/format";

interface Props {
  sessionId: string;
  endpoints: Pick<EndpointView, "id" | "name">[];
  /** Told when somebody did something. */
  onNews?: () => void;
  height?: number;
}

/** Who did what in this session, the newest first; another operator's work appears at once. */
export function Activity({ sessionId, endpoints, onNews, height = 260 }: Props) {
  const { t } = useTranslation();
  const events = useEvents(sessionId, onNews);
  return (
    <Card withBorder padding="sm" data-testid="activity">
      <Title order={2} size="h5" mb="xs">
        {t("course.activity.title")}
      </Title>
      {events.length === 0 && (
        <Text c="dimmed" size="sm">
          {t("course.activity.empty")}
        </Text>
      )}
      <ScrollArea.Autosize mah={height} type="auto" viewportProps={{ tabIndex: 0 }}>
        <ol className="activity" aria-live="polite">
          {[...events].reverse().map((event) => (
            <Line key={event.id} event={event} endpoints={endpoints} />
          ))}
        </ol>
      </ScrollArea.Autosize>
    </Card>
  );
}

/** What the server finds by itself, of an endpoint or of none. */
const OF_THE_SYSTEM = new Set(["alarm", "alarm_over", "disk", "server_restarted", "countdown_failed"]);

function Line({ event, endpoints }: { event: SessionEvent; endpoints: Props["endpoints"] }) {
  const { t, i18n } = useTranslation();
  const key = `course.activity.kinds.${event.kind}`;
  const at = new Date(event.at).toLocaleTimeString(locale(), { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
  const id = event.endpoint_id || text(event.facts["endpoint"]);
  const endpoint = endpoints.find((each) => each.id === id)?.name ?? text(event.facts["name"]);
  const who = event.actor || (OF_THE_SYSTEM.has(event.kind) ? "" : endpoint) || t("course.activity.nobody");
  const what = i18n.exists(key) ? t(key) : event.kind;
  const detail = [who !== endpoint && endpoint, text(event.facts["title"]), text(event.facts["reason"])].filter(
    Boolean,
  );
  return (
    <li data-kind={event.kind}>
      <time dateTime={event.at}>{at}</time>
      <span>
        <strong>{who}</strong> {what}
        {detail.length > 0 && <span className="faint"> · {detail.join(" · ")}</span>}
      </span>
    </li>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
