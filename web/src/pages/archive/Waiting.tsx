import { Anchor, Card, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";

/** Sessions that have ended and are not archived yet. */
export function Waiting() {
  const { t } = useTranslation();
  const { data } = useApi<{ sessions: SessionView[]; total: number }>(
    "/sessions?state=ended&rehearsals=no&limit=20",
    15_000,
  );
  if (!data) return null;
  return (
    <Card withBorder padding="md" data-testid="waiting">
      <Title order={2} size="h4" mb="xs">
        {t("archive.waiting", { count: data.total })}
      </Title>
      {data.sessions.length === 0 && <Text c="dimmed">{t("archive.noneWaits")}</Text>}
      {data.sessions.length > 0 && (
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {data.sessions.map((each) => (
              <Table.Tr key={each.id}>
                <Table.Td>
                  <Anchor component={Link} to={`/sessions/${each.id}/archive`}>
                    {each.title}
                  </Anchor>
                </Table.Td>
                <Table.Td>{each.number}</Table.Td>
                <Table.Td>{dateTime(each.ended_at)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}
