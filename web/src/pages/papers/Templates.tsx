import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  FileButton,
  Group,
  Loader,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, request } from "../../api/client";
import { useMe } from "../../api/me";
import { fetchFile } from "../../api/papers";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { Confirm, type Question } from "../../ui/confirm";
import { dateTime } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";

interface Template {
  name: string;
  title: string;
  title_en: string;
  own: boolean;
  changed_at: string | null;
  bytes: number;
}

interface TemplateList {
  templates: Template[];
  texts_version: string;
  texts_fault: string;
  texts_fault_en: string;
}

/** The office's own templates and texts: taken away to be edited, put in force, given up again. */
export function Templates() {
  const { t } = useTranslation();
  const { extent } = useMe();
  const { data, error, reload } = useApi<TemplateList>("/paper-templates");
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const may = extent("register_endpoints") === "full";
  const run = async (work: () => Promise<unknown>, said: string) => {
    setProblem("");
    setDone("");
    try {
      await work();
      setDone(said);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  const put = (name: string, file: File | null) =>
    file &&
    void run(
      () => request("PUT", `/paper-templates/${name}`, file, { type: "application/octet-stream" }),
      t("papers.templates.inForce", { name }),
    );
  const restore = (name: string) =>
    setQuestion({
      title: t("papers.templates.restore"),
      text: t("papers.templates.restoreText", { name }),
      action: t("papers.templates.restore"),
      onYes: () => void run(() => api("DELETE", `/paper-templates/${name}`), t("papers.templates.restored", { name })),
    });
  const take = async (name: string) => {
    const { content } = await fetchFile(`/paper-templates/${name}`);
    saveFile(content, name);
  };
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  const vi = language() === "vi";
  const fault = vi ? data.texts_fault : data.texts_fault_en;
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h2">
          {t("papers.templates.title")}
        </Title>
        <Text c="dimmed">{t("papers.templates.text")}</Text>
        <Anchor component={Link} to="/reports" underline="always" size="sm">
          {t("papers.reports.title")}
        </Anchor>
      </div>
      {(problem || fault) && (
        <Alert variant="light" color="lacquer" title={t("papers.templates.refused")} data-testid="problem">
          {problem || fault}
        </Alert>
      )}
      {done && (
        <Alert variant="light" color="teal" data-testid="done">
          {done}
        </Alert>
      )}
      <Card withBorder padding="lg">
        <Table verticalSpacing="xs" striped>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("papers.templates.paper")}</Table.Th>
              <Table.Th>{t("papers.templates.file")}</Table.Th>
              <Table.Th>{t("papers.templates.inUse")}</Table.Th>
              <Table.Th>{t("papers.templates.actions")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.templates.map((each) => (
              <Table.Tr key={each.name} data-testid={`template-${each.name}`}>
                <Table.Td>{vi ? each.title : each.title_en}</Table.Td>
                <Table.Td>{each.name}</Table.Td>
                <Table.Td>
                  <Badge variant={each.own ? "outline" : "default"} color="teal.9">
                    {t(each.own ? "papers.templates.own" : "papers.templates.shipped")}
                  </Badge>{" "}
                  <Text span size="sm" c="dimmed">
                    {dateTime(each.changed_at)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <Button
                      size="xs"
                      variant="default"
                      leftSection={<IconDownload size={16} />}
                      onClick={() => void take(each.name)}
                      aria-label={t("papers.templates.take", { name: each.name })}
                    >
                      {t("papers.templates.takeShort")}
                    </Button>
                    {may && (
                      <FileButton
                        onChange={(file) => put(each.name, file)}
                        accept={`.${each.name.split(".").pop()}`}
                        inputProps={{ "data-testid": `put-${each.name}` } as Record<string, string>}
                      >
                        {(props) => (
                          <Button
                            {...props}
                            size="xs"
                            variant="light"
                            leftSection={<IconUpload size={16} />}
                            aria-label={t("papers.templates.put", { name: each.name })}
                          >
                            {t("papers.templates.putShort")}
                          </Button>
                        )}
                      </FileButton>
                    )}
                    {may && each.own && (
                      <Button
                        size="xs"
                        variant="subtle"
                        onClick={() => restore(each.name)}
                        data-testid={`restore-${each.name}`}
                      >
                        {t("papers.templates.restore")}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}
