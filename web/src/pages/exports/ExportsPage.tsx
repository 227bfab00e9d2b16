import { Button, Card, Group, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { GrantedPlayback } from "../../api/exports";
import { useMe } from "../../api/me";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { PlayerPage } from "../playback/PlayerPage";
import { AskForm } from "./AskForm";
import { ExportRequests } from "./ExportRequests";

const LISTS: Record<string, string> = { open: "asked,approved,making,failed,ready", over: "refused,expired", all: "" };

/** Requests for recordings: the own ones of who asks; everybody's for the chair, who decides, and the archivist. */
export function ExportsPage() {
  const { t } = useTranslation();
  const { me, sees } = useMe();
  const [list, setList] = useState("open");
  const [asked, setAsked] = useState(0);
  const [granted, setGranted] = useState<GrantedPlayback | null>(null);
  if (!sees("ask_recording")) return <Text>{t("exports.notYours")}</Text>;
  if (granted)
    return (
      <Stack gap="xs">
        <Group justify="space-between">
          <div>
            <Title order={1} size="h3">
              {granted.recording.title}
            </Title>
            <Text c="dimmed" size="sm">
              {t("exports.playUntil", { at: dateTime(granted.expires_at) })}
            </Text>
          </div>
          <Button variant="default" onClick={() => setGranted(null)}>
            {t("exports.back")}
          </Button>
        </Group>
        <PlayerPage recording={granted.recording} access={granted.access} from={0} />
      </Stack>
    );
  const asks = ["secretary", "observer", "delegate"].includes(me?.role ?? "");
  const text = asks ? "mine" : me?.role === "chair" ? "chair" : "archivist";
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h2">
          {t("exports.title")}
        </Title>
        <Text c="dimmed">{t(`exports.text.${text}`)}</Text>
      </div>
      {asks && <NewRequest onAsked={() => setAsked(asked + 1)} />}
      <SegmentedControl
        style={{ alignSelf: "flex-start" }}
        aria-label={t("exports.which")}
        data={Object.keys(LISTS).map((value) => ({ value, label: t(`exports.list.${value}`) }))}
        value={list}
        onChange={setList}
        data-testid="which-requests"
      />
      <ExportRequests key={`${list} ${asked}`} states={LISTS[list] ?? ""} onPlay={setGranted} />
    </Stack>
  );
}

function NewRequest({ onAsked }: { onAsked: () => void }) {
  const { t } = useTranslation();
  const [address] = useSearchParams();
  const { data } = useApi<{ sessions: SessionView[] }>("/sessions?state=ended,archived&rehearsals=no&limit=100");
  const [chosen, setChosen] = useState<string | null>(address.get("session"));
  const sessions = data?.sessions ?? [];
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("exports.new")}
        </Title>
        <Select
          label={t("exports.session")}
          placeholder={t("exports.chooseSession")}
          searchable
          nothingFoundMessage={t("exports.noSession")}
          data={sessions.map((each) => ({
            value: each.id,
            label: `${each.number} · ${each.title} · ${dateTime(each.started_at)}`,
          }))}
          value={chosen}
          onChange={setChosen}
          maw={720}
          data-testid="ask-session"
        />
        {chosen && <AskForm sessionId={chosen} lengthS={0} onAsked={onAsked} />}
      </Stack>
    </Card>
  );
}
