import { Anchor, Button, FileButton, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Scan } from "../../api/archive";
import { request } from "../../api/client";
import { bytes, dateTime } from "../../ui/format";

/** Scans of the signed paper. */
export function Scans({ scans, writable, add }: { scans: Scan[]; writable: boolean; add: (file: File) => void }) {
  const { t } = useTranslation();
  const open = async (scan: Scan) => {
    const answer = await request("GET", scan.url.replace("/api/v1", ""));
    const url = URL.createObjectURL(await answer.blob());
    window.open(url, "_blank", "noopener");
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Title order={3} size="h5">
          {t("minutes.scans.title")}
        </Title>
        {writable && (
          <FileButton accept="application/pdf" onChange={(file) => file && add(file)}>
            {(props) => (
              <Button {...props} size="xs" variant="default" data-testid="add-scan">
                {t("minutes.scans.add")}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      {scans.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("minutes.scans.none")}
        </Text>
      )}
      {scans.map((scan) => (
        <Text size="sm" key={scan.id} data-testid="scan">
          <Anchor component="button" type="button" onClick={() => void open(scan)}>
            {scan.name}
          </Anchor>{" "}
          · {bytes(scan.bytes)} · {scan.by}, {dateTime(scan.at)}
        </Text>
      ))}
    </Stack>
  );
}
