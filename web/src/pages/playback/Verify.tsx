import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { VerifyReport } from "../../api/types";

export function Verify({ id, disabled }: { id: string; disabled: boolean }) {
  const { t } = useTranslation();
  const [report, setReport] = useState<VerifyReport | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setReport(await api<VerifyReport>("GET", `/recordings/${id}/verify`).catch(() => null));
    setBusy(false);
  };
  const colour = { whole: "teal.9", not_sealed: "yellow.8", faulty: "lacquer" };
  return (
    <Stack gap={6} align="flex-end">
      <Button
        variant="light"
        size="sm"
        loading={busy}
        disabled={disabled}
        onClick={() => void run()}
        data-testid="verify"
      >
        {t("recordings.verify")}
      </Button>
      {report && (
        <Text size="sm" fw={600} c={colour[report.verdict]} data-testid="verify-result" role="status">
          {t(`recordings.${report.verdict}`)}
          {report.faults.map((fault) => ` ${fault.file} ${t(`recordings.faultKind.${fault.kind}`)}`).join(";")}
        </Text>
      )}
    </Stack>
  );
}
