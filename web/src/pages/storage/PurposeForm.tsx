import { Alert, Autocomplete, Button, Card, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";

/** Asks what a recording is wanted for; the server logs it and hands out the token for the media elements. */
export function PurposeForm({ id, onGranted }: { id: string; onGranted: (access: string) => void }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setProblem("");
    try {
      const granted = await api<{ access: string }>("POST", `/recordings/${id}/access`, { purpose: purpose.trim() });
      onGranted(granted.access);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return (
    <Card withBorder padding="lg" maw={640}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <Stack gap="md">
          <Title order={2} size="h3">
            {t("custody.askTitle")}
          </Title>
          <Text>{t("custody.askText")}</Text>
          <Autocomplete
            label={t("custody.purpose")}
            data={["minutes", "complaint", "inspection", "request", "technical"].map((each) =>
              t(`custody.usual.${each}`),
            )}
            value={purpose}
            onChange={setPurpose}
            maxLength={500}
            required
            data-autofocus
            data-testid="purpose"
          />
          {problem && (
            <Alert variant="light" color="lacquer" data-testid="purpose-problem">
              {problem}
            </Alert>
          )}
          <Button type="submit" disabled={!purpose.trim()} loading={busy} data-testid="purpose-enter">
            {t("custody.enter")}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
