import { Anchor, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { dateTime } from "../../ui/format";
import type { Overview } from "./api";

interface Props {
  fixity: Overview["fixity"];
  running: boolean;
  act: (method: string, path: string, body?: unknown) => Promise<void>;
}

/** Whether all recordings are still what was recorded. */
export function FixityCard({ fixity, running, act }: Props) {
  const { t } = useTranslation();
  const bad = [...fixity.faulty, ...fixity.missing];
  return (
    <Card withBorder padding="md" data-testid="fixity">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t("storage.fixity")}
        </Title>
        <Button
          variant="light"
          size="xs"
          loading={running}
          onClick={() => void act("POST", "/storage/fixity", {})}
          data-testid="check-now"
        >
          {t("storage.checkNow")}
        </Button>
      </Group>
      <Stack gap={4}>
        <Text c="dimmed" size="sm">
          {fixity.nightly ? t("storage.nightly", { hour: fixity.hour }) : t("storage.notNightly")}
        </Text>
        {!fixity.at && <Text>{t("storage.neverChecked")}</Text>}
        {fixity.at && (
          <Text fw={600} c={bad.length ? "lacquer" : "teal.9"} data-testid="fixity-result">
            {bad.length
              ? t("storage.bad", { count: bad.length })
              : t("storage.allWhole", { count: fixity.whole, at: dateTime(fixity.at) })}
          </Text>
        )}
        {bad.map((id) => (
          <Anchor key={id} component={Link} to={`/recordings/${id}`}>
            {id} – {t(fixity.missing.includes(id) ? "storage.missing" : "storage.faulty")}
          </Anchor>
        ))}
      </Stack>
    </Card>
  );
}
