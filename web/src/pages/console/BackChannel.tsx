import { Button, Drawer, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconMessages, IconSend } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackChannelView, TechnicalLine } from "../../api/backChannel";
import { useMe } from "../../api/me";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { timeOfDay } from "../../ui/format";
import type { Act } from "../LiveSession";

const EVERY_MS = 2500;

/** Operators and the sites' technicians among themselves; no room's screen ever shows it. */
export function BackChannel({ session, act }: { session: SessionView; act: Act }) {
  const { may } = useMe();
  return may("back_channel") ? <Opened session={session} act={act} /> : null;
}

function Opened({ session, act }: { session: SessionView; act: Act }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const { data, reload } = useApi<BackChannelView>(`/sessions/${session.id}/back-channel`, EVERY_MS);
  const [seen, setSeen] = useSeen(session.id);
  const lines = data?.lines ?? [];
  const newest = lines.at(-1)?.id ?? 0;
  const unread = lines.filter((line) => line.from_site && line.id > seen).length;
  useEffect(() => {
    if (opened && newest > seen) setSeen(newest);
  }, [opened, newest, seen, setSeen]);
  return (
    <>
      <Button
        size="xs"
        variant={unread > 0 ? "filled" : "default"}
        leftSection={<IconMessages size={16} />}
        data-testid="back-channel"
        onClick={() => setOpened(true)}
      >
        {t("technical.title")}
        {unread > 0 && ` (${unread})`}
      </Button>
      <Drawer
        opened={opened}
        onClose={() => setOpened(false)}
        position="right"
        size={480}
        title={t("technical.title")}
        overlayProps={{ backgroundOpacity: 0.15 }}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t("technical.hint")}
          </Text>
          <Lines lines={lines} session={session} />
          <Say
            session={session}
            say={async (text, endpoint) => {
              await act("POST", "/back-channel", { text, endpoint_id: endpoint });
              await reload();
            }}
          />
        </Stack>
      </Drawer>
    </>
  );
}

function Lines({ lines, session }: { lines: TechnicalLine[]; session: SessionView }) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const count = lines.length;
  useEffect(() => {
    if (count) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count]);
  const nameOf = (id: string | null) =>
    session.endpoints.find((each) => each.id === id)?.name ?? t(id ? "technical.gone" : "technical.all");
  if (!count) return <Text>{t("technical.empty")}</Text>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <ol className="technical" ref={list} data-testid="technical-lines" aria-live="polite" tabIndex={0}>
      {lines.map((line) => (
        <li key={line.id} data-site={line.from_site}>
          <small>
            {timeOfDay(line.at)} · {line.by}
            {line.from_site ? "" : ` → ${nameOf(line.endpoint_id)}`}
          </small>
          <span>{line.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Say({
  session,
  say,
}: {
  session: SessionView;
  say: (text: string, endpoint: string | null) => Promise<void>;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [endpoint, setEndpoint] = useState<string | null>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void say(text, endpoint);
        setText("");
      }}
    >
      <Stack gap="xs">
        <Select
          label={t("technical.to")}
          placeholder={t("technical.all")}
          clearable
          value={endpoint}
          data={session.endpoints.map((each) => ({ value: each.id, label: each.name }))}
          onChange={setEndpoint}
        />
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            style={{ flex: 1 }}
            label={t("technical.text")}
            value={text}
            maxLength={500}
            data-testid="technical-text"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            type="submit"
            disabled={!text.trim()}
            leftSection={<IconSend size={16} />}
            data-testid="technical-send"
          >
            {t("technical.send")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The newest line that this operator has seen, kept for this tab. */
function useSeen(sessionId: string): [number, (id: number) => void] {
  const key = `diemcau.technical.${sessionId}`;
  const [seen, setSeen] = useState(() => Number(sessionStorage.getItem(key)) || 0);
  return [
    seen,
    (id: number) => {
      sessionStorage.setItem(key, String(id));
      setSeen(id);
    },
  ];
}
