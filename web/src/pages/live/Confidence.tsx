import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { token } from "../../api/client";
import type { SessionView } from "../../api/types";
import { locale } from "../../ui/format";

interface Clip {
  url: string;
  startS: number;
  until: string;
  behindS: number;
}

/** A button that plays back what was written to the disk in the last ten seconds. */
export function Confidence({ session }: { session: SessionView }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const present = session.endpoints.filter((endpoint) => endpoint.state === "connected");
  const first = (present.find((endpoint) => endpoint.id === session.speaker) ?? present[0])?.id ?? "";
  return (
    <>
      <Button
        size="compact-xs"
        variant="light"
        leftSection={<IconHistory size={14} />}
        disabled={!first}
        data-testid="confidence"
        onClick={() => setOpened(true)}
      >
        {t("confidence.open")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("confidence.title")}
        size="lg"
        centered
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        {opened && <LastSeconds session={session} first={first} />}
      </Modal>
    </>
  );
}

function LastSeconds({ session, first }: { session: SessionView; first: string }) {
  const { t } = useTranslation();
  const [endpoint, setEndpoint] = useState(first);
  const { clip, problem, busy, load } = useClip(session.id, endpoint);
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <Select
          style={{ flex: 1 }}
          label={t("live.endpoint")}
          allowDeselect={false}
          data={session.endpoints.map((each) => ({ value: each.id, label: each.name }))}
          value={endpoint}
          onChange={(value) => value && setEndpoint(value)}
        />
        <Button loading={busy} onClick={() => void load()} data-testid="confidence-again">
          {t("confidence.again")}
        </Button>
      </Group>
      {problem && (
        <Alert variant="light" color="lacquer" data-testid="confidence-problem">
          {problem}
        </Alert>
      )}
      {clip && (
        <>
          {/* biome-ignore lint/a11y/useMediaCaption: a recording of people speaking has no captions */}
          <video
            key={clip.url}
            src={clip.url}
            controls
            autoPlay
            playsInline
            style={{ width: "100%", aspectRatio: "16 / 9", background: "#0b1420", borderRadius: 8 }}
            data-testid="confidence-video"
            onLoadedMetadata={(event) => {
              event.currentTarget.currentTime = clip.startS;
            }}
          />
          <Text size="sm" c={clip.behindS > 5 ? "lacquer" : "dimmed"} data-testid="confidence-until">
            {t("confidence.until", { time: clip.until, behind: clip.behindS.toLocaleString(locale()) })}
          </Text>
        </>
      )}
    </Stack>
  );
}

function useClip(session: string, endpoint: string) {
  const [clip, setClip] = useState<Clip | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => {
    setBusy(true);
    try {
      setClip(await fetchClip(session, endpoint));
      setProblem("");
    } catch (failure) {
      setClip(null);
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  }, [session, endpoint]);
  useEffect(() => {
    void load();
  }, [load]);
  useEffect(() => () => (clip ? URL.revokeObjectURL(clip.url) : undefined), [clip]);
  return { clip, problem, busy, load };
}

async function fetchClip(session: string, endpoint: string): Promise<Clip> {
  const response = await fetch(`/api/v1/sessions/${session}/confidence?endpoint=${encodeURIComponent(endpoint)}`, {
    headers: { Authorization: `Bearer ${token() ?? ""}` },
  });
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as Record<string, string>;
    const text = document.documentElement.lang === "vi" ? said["reason_vi"] : said["reason_en"];
    throw new Error(text || said["detail"] || response.statusText);
  }
  const number = (name: string) => Number(response.headers.get(name) ?? 0);
  const until = new Date(response.headers.get("Diemcau-To") ?? "");
  return {
    url: URL.createObjectURL(await response.blob()),
    startS: number("Diemcau-Start-S"),
    behindS: number("Diemcau-Behind-S"),
    until: new Intl.DateTimeFormat(locale(), {
      timeStyle: "medium",
      timeZone: "Asia/Ho_Chi_Minh",
      hour12: false,
    }).format(until),
  };
}
