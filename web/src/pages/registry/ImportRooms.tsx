import { Alert, Anchor, Button, FileInput, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, request } from "../../api/client";
import type { CsvFault } from "../../api/registry";
import { language } from "../../i18n";
import { saveFile } from "../../ui/saveFile";

// As reception/registry_csv.py writes them, which is what the file must have whatever the page's language.
const COLUMNS = [
  "Tên điểm cầu",
  "Cấp",
  "Cơ quan",
  "Địa điểm",
  "Phòng",
  "Đường truyền",
  "Kỹ thuật viên",
  "Điện thoại",
  "Thiết bị",
  "Ghi chú",
  "Điểm cầu chính",
];

interface Imported {
  rows: number;
  added: number;
  renewed: number;
  total: number;
}

/** A file is checked as soon as it is chosen; only one without faults can be imported, and then as a whole. */
export function ImportRooms(props: { opened: boolean; onClose: () => void; onDone: (told: string) => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [rows, setRows] = useState<number | null>(null);
  const [problem, setProblem] = useState("");
  const [faults, setFaults] = useState<CsvFault[]>([]);
  const forget = () => {
    setRows(null);
    setProblem("");
    setFaults([]);
  };
  const ask = async (chosen: File, check: boolean): Promise<Imported | null> => {
    forget();
    try {
      const answer = await request("POST", `/registry/import${check ? "?check=true" : ""}`, chosen, {
        type: "text/csv",
      });
      return (await answer.json()) as Imported;
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      if (failure instanceof ApiError) setFaults((failure.problem["errors"] as CsvFault[] | undefined) ?? []);
      return null;
    }
  };
  const choose = async (chosen: File | null) => {
    setFile(chosen);
    forget();
    const found = chosen && (await ask(chosen, true));
    if (found) setRows(found.rows);
  };
  const store = async () => {
    const { added, renewed, total } = (file && (await ask(file, false))) ?? { added: 0, renewed: 0, total: 0 };
    if (!total) return;
    props.onClose();
    setFile(null);
    forget();
    props.onDone(t("registry.imported", { added, renewed, total }));
  };
  const template = () =>
    saveFile(new Blob([`\ufeff${COLUMNS.join(",")}\r\n`], { type: "text/csv" }), "mau-diem-cau.csv");
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t("registry.importTitle")}
      size="xl"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack>
        <Text size="sm">{t("registry.importText", { columns: COLUMNS.join(", ") })}</Text>
        <Anchor component="button" type="button" size="sm" ta="left" onClick={template}>
          {t("registry.template")}
        </Anchor>
        <FileInput
          label={t("registry.choose")}
          accept=".csv,text/csv"
          leftSection={<IconFileSpreadsheet size={18} />}
          value={file}
          onChange={(chosen) => void choose(chosen)}
          clearable
          clearButtonProps={{ "aria-label": t("app.close") }}
          data-testid="csv-file"
        />
        {rows !== null && (
          <Alert variant="light" color="teal" data-testid="csv-checked">
            {t("registry.checked", { rows })}
          </Alert>
        )}
        {problem && (
          <Alert variant="light" color="lacquer" data-testid="csv-problem">
            {problem}
          </Alert>
        )}
        {faults.length > 0 && <Faults faults={faults} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {t("app.cancel")}
          </Button>
          <Button disabled={rows === null} onClick={() => void store()} data-testid="csv-import">
            {rows === null ? t("registry.import") : t("registry.doImport", { rows })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Faults({ faults }: { faults: CsvFault[] }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={500} mah={320}>
      <Table aria-label={t("registry.faults")} data-testid="csv-faults">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("registry.faultLine")}</Table.Th>
            <Table.Th>{t("registry.faultColumn")}</Table.Th>
            <Table.Th>{t("registry.faultValue")}</Table.Th>
            <Table.Th>{t("registry.faultText")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {faults.map((fault) => (
            <Table.Tr key={`${fault.line}/${fault.number}/${fault.en}`}>
              <Table.Td>{fault.line}</Table.Td>
              <Table.Td>{fault.number ? `${fault.number}. ${fault.column}` : t("registry.wholeLine")}</Table.Td>
              <Table.Td>{fault.value}</Table.Td>
              <Table.Td>{language() === "vi" ? fault.vi : fault.en}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
