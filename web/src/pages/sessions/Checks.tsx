import { Badge, Button, Card, CopyButton, Group, Table, Text, Title } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Course } from "../../api/course";
import type { SessionView } from "../../api/types";
import { bytes, dateTime } from "../../ui/format";
import type { Asked } from "./OrderDialog";

const COLOURS = { pass: "teal.9", warn: "yellow.8", fail: "lacquer", missing: "gray", waived: "orange.8" };

interface Props {
  session: SessionView;
  course: Course;
  send: (path: string, body?: unknown) => Promise<boolean>;
  ask: (asked: Asked) => void;
}

/** The endpoints with their links and checks, the test recording, the notice. */
export function Checks({ session, course, send, ask }: Props) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb="xs" id="preflight">
        {t("course.prepare.checks")}
      </Title>
      <Table verticalSpacing="xs">
        <Table.Tbody>
          {session.endpoints.map((endpoint) => (
            <EndpointLine key={endpoint.id} endpoint={endpoint} course={course} ask={ask} />
          ))}
        </Table.Tbody>
      </Table>
      {["technical_check", "ready", "draft", "scheduled"].includes(session.state) && (
        <>
          <Done
            id="recorder"
            mark="recorder_tested"
            course={course}
            title={t("course.prepare.recorder")}
            text={t("course.prepare.recorderText")}
            action={t("course.prepare.recorderDo")}
            onDo={() => void send("/recorder-test")}
          />
          <Done
            id="notice"
            mark="notice_shown"
            course={course}
            title={t("course.prepare.notice")}
            text={t("course.prepare.noticeText")}
            action={t("course.prepare.noticeDo")}
            onDo={() => void send("/notice", {})}
          />
          <Text size="sm" c="dimmed" mt="sm" id="disk">
            {t("course.prepare.disk", {
              free: bytes(course.disk_free_bytes),
              needed: bytes(course.disk_needed_bytes),
            })}
          </Text>
        </>
      )}
    </Card>
  );
}

function EndpointLine({
  endpoint,
  course,
  ask,
}: {
  endpoint: SessionView["endpoints"][number];
  course: Course;
  ask: Props["ask"];
}) {
  const { t } = useTranslation();
  const check = course.checks.find((each) => each.endpoint_id === endpoint.id);
  const people = endpoint.people.map((each) => (each.office ? `${each.name} (${each.office})` : each.name));
  return (
    <Table.Tr data-testid={`check-${endpoint.id}`}>
      <Table.Td>
        <Text fw={600}>{endpoint.name}</Text>
        <Text size="sm" c="dimmed">
          {[t(`role.${endpoint.role}`), endpoint.organisation, endpoint.guest && t("course.form.guest")]
            .filter(Boolean)
            .join(" · ")}
        </Text>
        {people.length > 0 && <Text size="sm">{t("course.prepare.delegatesHere", { names: people.join("; ") })}</Text>}
      </Table.Td>
      <Table.Td>
        {check && (
          <>
            <Badge
              miw="max-content"
              color={COLOURS[check.result]}
              variant={check.result === "missing" ? "light" : "filled"}
            >
              {t(`course.result.${check.result}`)}
            </Badge>
            {check.reason && (
              <Text size="sm" c="dimmed">
                {check.by}: {check.reason}
              </Text>
            )}
          </>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {check && ["missing", "fail"].includes(check.result) && course.state === "technical_check" && (
            <Button
              size="xs"
              variant="default"
              onClick={() => ask({ action: "waive", endpoint: { id: endpoint.id, name: endpoint.name } })}
              data-testid={`waive-${endpoint.id}`}
            >
              {t("course.prepare.waive")}
            </Button>
          )}
          {endpoint.join_url && (
            <CopyButton value={endpoint.join_url}>
              {({ copied, copy }) => (
                <Button size="xs" variant="light" leftSection={<IconCopy size={16} />} onClick={copy}>
                  {copied ? t("app.copied") : t("course.prepare.copy")}
                </Button>
              )}
            </CopyButton>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** A thing that somebody does once, and then who did it. */
function Done(props: {
  id: string;
  mark: string;
  course: Course;
  title: string;
  text: string;
  action: string;
  onDo: () => void;
}) {
  const { t } = useTranslation();
  const mark = props.course.marks.find((each) => each.mark === props.mark);
  return (
    <Group justify="space-between" mt="sm" wrap="nowrap" id={props.id}>
      <div>
        <Text fw={600}>{props.title}</Text>
        <Text size="sm" c={mark ? "teal.9" : "dimmed"}>
          {mark
            ? [t("course.prepare.doneBy", { by: mark.by, at: dateTime(mark.at) }), mark.detail]
                .filter(Boolean)
                .join(" · ")
            : props.text}
        </Text>
      </div>
      <Button variant={mark ? "default" : "light"} onClick={props.onDo} data-testid={`do-${props.id}`}>
        {props.action}
      </Button>
    </Group>
  );
}
