import { Alert, Button, Card, Chip, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";

const SUGGESTED = ["minutes", "check", "authority", "quality"] as const;

/** Who wants to see a recording says what for; it is written down. */
export function AccessForm({ id, onAccess }: { id: string; onAccess: (access: string) => void }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setProblem("");
    try {
      const granted = await api<{ access: string }>("POST", `/recordings/${id}/access`, { purpose: purpose.trim() });
      onAccess(granted.access);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <Card withBorder padding="lg" maw={720}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <Stack gap="sm">
          <Title order={2} size="h3">
            {t("playback.access.title")}
          </Title>
          <Text>{t("playback.access.text")}</Text>
          <Group gap="xs">
            {SUGGESTED.map((name) => (
              <Chip
                key={name}
                checked={purpose === t(`playback.access.suggested.${name}`)}
                onChange={() => setPurpose(t(`playback.access.suggested.${name}`))}
              >
                {t(`playback.access.suggested.${name}`)}
              </Chip>
            ))}
          </Group>
          <Textarea
            label={t("playback.access.purpose")}
            required
            autosize
            minRows={2}
            maxLength={300}
            value={purpose}
            data-testid="purpose"
            onChange={(event) => setPurpose(event.currentTarget.value)}
          />
          {problem && (
            <Alert variant="light" color="lacquer">
              {problem}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={busy} disabled={purpose.trim().length < 5} data-testid="ask-access">
              {t("playback.access.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
