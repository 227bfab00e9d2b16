import { Anchor, Group, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import type { SessionFile } from "../../api/search";
import { bytes, dateTime } from "../../ui/format";

/** A session's file on one sheet. */
export function FileSheet({ file }: { file: SessionFile }) {
  const { t } = useTranslation();
  const { sees } = useMe();
  const { plan } = file;
  const chair = [plan.chair_name, plan.chair_office].filter(Boolean).join(", ");
  const facts: [string, string][] = [
    [t("search.file.time"), `${dateTime(file.started_at)} – ${dateTime(file.ended_at)}`],
    [t("course.form.host"), plan.host_organisation],
    [t("course.form.chair"), chair],
    [t("course.form.secretary"), plan.secretary],
    [t("course.form.class"), plan.matter_class ? t(`course.class.${plan.matter_class}`) : ""],
    [t("search.file.endpoints"), file.endpoints.join(", ")],
    [t("search.file.minutes"), file.minutes_final ? file.minutes_number : t("search.file.minutesOpen")],
  ];
  return (
    <Stack gap="md" data-testid="file">
      <Group gap="md">
        <Anchor component={Link} to={`/recordings/${file.id}`}>
          {t("archive.toRecording")}
        </Anchor>
        {sees("archive_session") && (
          <Anchor component={Link} to={`/sessions/${file.id}/archive`}>
            {t("archive.nav")}
          </Anchor>
        )}
      </Group>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <Part title={t("search.file.citizens")} shown={file.citizens.length > 0}>
        <Rows
          rows={file.citizens.map((each) => [
            each.name,
            each.birth_year ? String(each.birth_year) : "",
            each.id_number,
            each.address,
            each.endpoint,
          ])}
        />
      </Part>
      <Part title={t("search.file.matters")} shown={file.matters.length > 0}>
        <Rows
          rows={file.matters.map((each) => [
            each.item,
            each.summary,
            each.outcome ? t(`search.outcome.${each.outcome}`, { defaultValue: each.outcome }) : "",
            each.result,
          ])}
        />
      </Part>
      <Part title={t("search.file.notes")} shown={file.notes.length > 0}>
        <Rows rows={file.notes.map((each) => [dateTime(each.at), each.speaker || each.endpoint, each.text])} />
      </Part>
      <Part title={t("search.file.conclusions")} shown={file.conclusions.length > 0}>
        <Rows rows={file.conclusions.map((each) => [each.task, each.owner, day(each.deadline)])} />
      </Part>
      <Part title={t("search.file.documents")} shown={file.documents.length > 0}>
        <Rows rows={file.documents.map((each) => [each.name, each.from_whom, bytes(each.bytes), each.sha256])} />
      </Part>
      <Part title={t("search.file.signatures")} shown={file.signatures.length > 0}>
        <Rows
          rows={file.signatures.map((each) => [
            each.endpoint,
            each.person || each.capacity,
            each.left_out ? t("minutes.leftOut") : t(`minutes.signature.${each.state}`),
            each.reason,
          ])}
        />
      </Part>
    </Stack>
  );
}

function Part({ title, shown, children }: { title: string; shown: boolean; children: ReactNode }) {
  if (!shown) return null;
  return (
    <section>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  );
}

function Rows({ rows }: { rows: string[][] }) {
  return (
    <Table verticalSpacing={4}>
      <Table.Tbody>
        {rows.map((row, number) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is read never moves
          <Table.Tr key={number}>
            {row.map((cell, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what is read never moves
              <Table.Td key={place} style={{ overflowWrap: "anywhere" }}>
                <Text size="sm">{cell}</Text>
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function day(text: string | null): string {
  return text ? text.split("-").reverse().join("/") : "";
}
