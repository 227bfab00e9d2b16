import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { What } from "../../api/exports";
import { useMe } from "../../api/me";
import { duration } from "../../ui/format";
import { useAttempt } from "../people/SignIn";
import { clockSeconds } from "../playback/clockSeconds";

interface Props {
  sessionId: string;
  /** Seconds of the recording, 0: not known here. */
  lengthS: number;
  onAsked: () => void;
}

/** Asks for a recording: what, and what for. The chair decides. */
export function AskForm({ sessionId, lengthS, onAsked }: Props) {
  const { t } = useTranslation();
  const { extent } = useMe();
  const kinds: What[] = extent("play_recording") === "request" ? ["playback"] : ["package", "mp4", "extract"];
  const [what, setWhat] = useState<What>(kinds[0] as What);
  const [purpose, setPurpose] = useState("");
  const [from, setFrom] = useState("00:00:00");
  const [to, setTo] = useState(lengthS ? duration(lengthS) : "00:10:00");
  const { busy, fault, run } = useAttempt();
  const [begin, end] = [clockSeconds(from), clockSeconds(to)];
  const good = purpose.trim().length >= 5 && (what !== "extract" || (begin !== null && end !== null && begin < end));
  const ask = () =>
    run(async () => {
      const stretch =
        what === "extract" ? { from_ms: Math.round(1000 * (begin ?? 0)), to_ms: Math.round(1000 * (end ?? 0)) } : {};
      await api("POST", `/sessions/${sessionId}/export-requests`, { what, purpose: purpose.trim(), ...stretch });
      setPurpose("");
      onAsked();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t(kinds.length > 1 ? "exports.askText" : "exports.askPlayText")}
        </Text>
        <Group align="flex-end" gap="sm">
          {kinds.length > 1 && (
            <SegmentedControl
              aria-label={t("exports.whatLabel")}
              data={kinds.map((value) => ({ value, label: t(`exports.what.${value}`) }))}
              value={what}
              onChange={(value) => setWhat(value as What)}
              data-testid="ask-what"
            />
          )}
          {what === "extract" && (
            <>
              <TextInput
                label={t("derivatives.from")}
                value={from}
                w={110}
                error={begin === null}
                onChange={(event) => setFrom(event.currentTarget.value)}
                data-testid="ask-from"
              />
              <TextInput
                label={t("derivatives.to")}
                value={to}
                w={110}
                error={end === null || (begin !== null && end <= begin)}
                onChange={(event) => setTo(event.currentTarget.value)}
                data-testid="ask-to"
              />
            </>
          )}
        </Group>
        <Group align="flex-end" gap="sm" wrap="nowrap">
          <Textarea
            style={{ flex: 1 }}
            label={t("exports.purpose")}
            required
            autosize
            minRows={1}
            maxLength={500}
            value={purpose}
            onChange={(event) => setPurpose(event.currentTarget.value)}
            data-testid="ask-purpose"
          />
          <Button type="submit" loading={busy} disabled={!good} data-testid="ask-export">
            {t("exports.ask")}
          </Button>
        </Group>
        {fault && (
          <Alert variant="light" color="lacquer" role="alert">
            {fault}
          </Alert>
        )}
      </Stack>
    </form>
  );
}
