import { Alert, Button, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import type { AccessLog } from "./api";

/** Who used the recording; loaded when somebody wants to see it. */
export function AccessLogPart({ id }: { id: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant="subtle"
        size="xs"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
        data-testid="show-access-log"
      >
        {t(shown ? "storage.log.hide" : "storage.log.show")}
      </Button>
      {shown && <Lines id={id} />}
    </Stack>
  );
}

function Lines({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useApi<AccessLog>(`/recordings/${id}/access-log`, 10_000);
  if (!data) return null;
  return (
    <Stack gap="xs" w="100%">
      <Text size="sm" c={data.whole ? "teal.9" : "lacquer"} data-testid="log-whole">
        {t(data.whole ? "storage.log.whole" : "storage.log.touched")}
      </Text>
      {!data.whole && (
        <Alert variant="light" color="lacquer">
          {data.fault}
        </Alert>
      )}
      {data.uses.length === 0 && <Text c="dimmed">{t("storage.log.empty")}</Text>}
      {data.uses.length > 0 && (
        <Table verticalSpacing={4} striped data-testid="access-log">
          <Table.Thead>
            <Table.Tr>
              {["time", "who", "what", "purpose", "result"].map((name) => (
                <Table.Th key={name}>{t(`storage.log.${name}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...data.uses].reverse().map((use) => (
              <Table.Tr key={use.number}>
                <Table.Td>{dateTime(use.at)}</Table.Td>
                <Table.Td>{use.who.name}</Table.Td>
                <Table.Td>{t(`storage.log.uses.${use.what}`, { defaultValue: use.what })}</Table.Td>
                <Table.Td>{use.purpose}</Table.Td>
                <Table.Td>{t(`storage.log.results.${use.result}`, { defaultValue: use.result })}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
