import { Accordion, Button, Card, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useApi } from "../../api/useApi";
import { bytes, dateTime } from "../../ui/format";
import type { Destruction } from "./api";

/** The records of what was destroyed. */
export function Destructions() {
  const { t } = useTranslation();
  const { data } = useApi<{ destructions: Destruction[] }>("/storage/destructions", 15_000);
  if (!data?.destructions.length) return null;
  return (
    <Card withBorder padding="md" data-testid="destructions">
      <Title order={2} size="h4" mb="xs">
        {t("storage.destructions")}
      </Title>
      <Accordion variant="separated" order={3}>
        {data.destructions.map((each) => (
          <Accordion.Item key={each.id} value={each.id}>
            <Accordion.Control>
              {each.title} · {each.done_at ? dateTime(each.done_at) : t("storage.destroying")}
            </Accordion.Control>
            <Accordion.Panel>
              <Record record={each} />
              <Button component={Link} to={`/destructions/${each.id}`} size="xs" variant="light" mt="xs">
                {t("archive.destruction.print")}
              </Button>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Card>
  );
}

function Record({ record }: { record: Destruction }) {
  const { t } = useTranslation();
  const left = Object.entries(record.copies).filter(([, state]) => state === "left");
  const rows: [string, string][] = [
    [t("storage.record.session"), `${record.title} (${record.id})`],
    [t("storage.record.time"), `${dateTime(record.started_at)} – ${dateTime(record.ended_at)}`],
    [t("storage.record.size"), `${bytes(record.bytes)}, ${t("storage.record.files", { count: record.files.length })}`],
    [t("recordings.seal"), record.seal],
    [
      t("storage.retention"),
      `${t(`storage.class.${record.retention}`)}${record.kept_until ? ` (${dateTime(record.kept_until)})` : ""}`,
    ],
    [t("storage.record.requested"), person(record.requested)],
    [t("storage.record.approved"), record.approved ? person(record.approved) : t("storage.record.automatic")],
    [t("storage.record.left"), left.length ? left.map(([name]) => name).join(", ") : t("storage.record.none")],
  ];
  return (
    <Table>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th style={{ width: 220 }}>{name}</Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Text size="sm">{value}</Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function person(who: Destruction["requested"]): string {
  return `${who.name}, ${dateTime(who.at)}: ${who.reason}`;
}
