import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { clockOffset } from "../../endpoint/clock";
import type { LocalMedia } from "../../endpoint/link";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { useServerNow } from "../../ui/useServerNow";
import { HelpButton } from "../help/HelpButton";
import { StartsAt } from "./StartsAt";

/** GET /join (signalling/join_api.py). */
export interface JoinInfo {
  session_id: string;
  title: string;
  state: string;
  rehearsal: boolean;
  now: string;
  starts_at: string | null;
  started_at: string | null;
  endpoint_id: string;
  endpoint_name: string;
  role: "central" | "delegate" | "observer";
}

/** What the link is for; null until it is known, or where it is not valid any more. */
/** Which session and room a link is of; null: not known (yet); "refused": the link is none. */
export function useJoinInfo(token: string | null): JoinInfo | "refused" | null {
  const [info, setInfo] = useState<JoinInfo | "refused" | null>(null);
  useEffect(() => {
    if (!token) return;
    let over = false;
    void fetch("/api/v1/join", { headers: { Authorization: `Bearer ${token}` } })
      .then(async (response) => {
        if (response.status === 401) return "refused" as const;
        return response.ok ? ((await response.json()) as JoinInfo) : null;
      })
      .then((found) => over || setInfo(found))
      .catch(() => undefined);
    return () => {
      over = true;
    };
  }, [token]);
  return info;
}

/** Above the device choice: which session, when, which room. */
export function JoinBar({ info }: { info: JoinInfo }) {
  const { t } = useTranslation();
  return (
    <header className="join-bar" data-testid="join-bar">
      <strong>{info.title}</strong>
      <span>{info.endpoint_name}</span>
      <Begins info={info} />
      {info.rehearsal && <span className="badge-plain">{t("stage.rehearsal")}</span>}
      <RehearsalMark on={info.rehearsal} />
    </header>
  );
}

function Begins({ info }: { info: JoinInfo }) {
  const offset = useMemo(() => clockOffset(info.now, Date.now()), [info]);
  return <StartsAt startsAt={info.starts_at} startedAt={info.started_at} now={useServerNow(offset)} />;
}

interface ObserverProps {
  info: JoinInfo;
  onEnter: (media: LocalMedia, switches: { microphone: boolean; camera: boolean }) => void;
}

/** Who only watches needs no devices, and is told that he is listed. */
export function ObserverEntrance({ info, onEnter }: ObserverProps) {
  const { t } = useTranslation();
  return (
    <main className="whole">
      <RehearsalMark on={info.rehearsal} />
      <div className="whole-card" style={{ maxWidth: 720 }} data-testid="observer-entrance">
        <Stack gap="md">
          <Title order={1} size="h2">
            {info.title}
          </Title>
          <Text size="lg">{info.endpoint_name}</Text>
          <Text>
            <Begins info={info} />
          </Text>
          <Alert variant="light" color="navy" icon={<IconEye size={22} />}>
            {t("room.observer.text")}
          </Alert>
          <Group justify="space-between">
            <HelpButton target="giam-sat" />
            <Button
              size="xl"
              data-testid="join-button"
              onClick={() =>
                onEnter({ microphone: null, camera: null, screen: null }, { microphone: false, camera: false })
              }
            >
              {t("room.observer.enter")}
            </Button>
          </Group>
        </Stack>
      </div>
    </main>
  );
}
