import { Badge, Button, Card, Stack, Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, request } from "../../api/client";
import type { Invitation, InvitationLine } from "../../api/invitation";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";

/** A badge that is never cut. */
const WHOLE = { minWidth: "max-content" };

/** Who is invited, what they answered, and each letter and calendar entry to send. */
export function Invitations({ sessionId }: { sessionId: string }) {
  const { t } = useTranslation();
  const { extent } = useMe();
  const { data } = useApi<{ invitations: InvitationLine[] }>(`/sessions/${sessionId}/invitations`, 10_000);
  const [problem, setProblem] = useState("");
  const [copied, setCopied] = useState("");
  const sends = extent("hand_out_links") === "full";
  const path = (each: InvitationLine) => `/sessions/${sessionId}/endpoints/${each.endpoint_id}/invitation`;
  const save = async (each: InvitationLine) => {
    setProblem("");
    try {
      const answer = await request("GET", `${path(each)}.ics`);
      saveFile(await answer.blob(), `giay-moi-${each.name}.ics`);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  /** The page with the letter, the calendar entry and the answer, by the endpoint's own link. */
  const copy = async (each: InvitationLine) => {
    setProblem("");
    try {
      const { join_url } = await api<Invitation>("GET", path(each));
      await navigator.clipboard.writeText(join_url.replace("/join#", "/invitation#"));
      setCopied(each.endpoint_id);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  if (!data) return null;
  return (
    <Card withBorder padding="lg" data-testid="invitations">
      <Title order={2} size="h4" mb="xs">
        {t("invitation.list")}
      </Title>
      {problem && (
        <Text size="sm" c="lacquer">
          {problem}
        </Text>
      )}
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {data.invitations.map((each) => (
            <Table.Tr key={each.endpoint_id} data-testid="invitation">
              <Table.Td>
                <Text size="sm" fw={600}>
                  {each.name}
                </Text>
                {each.people.length > 0 && <Text size="xs">{each.people.map((person) => person.name).join(", ")}</Text>}
              </Table.Td>
              <Table.Td>
                <Standing line={each} />
              </Table.Td>
              {sends && (
                <Table.Td>
                  <Stack gap={2} align="flex-start">
                    <Button component={Link} to={path(each)} size="compact-xs" variant="subtle">
                      {t("invitation.toLetter")}
                    </Button>
                    <Button size="compact-xs" variant="subtle" onClick={() => void save(each)}>
                      {t("invitation.file")}
                    </Button>
                    <Button size="compact-xs" variant="subtle" onClick={() => void copy(each)}>
                      {t(copied === each.endpoint_id ? "app.copied" : "invitation.copyLink")}
                    </Button>
                  </Stack>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Standing({ line }: { line: InvitationLine }) {
  const { t } = useTranslation();
  const { reply } = line;
  if (!reply) {
    return (
      <Badge color="gray.7" style={WHOLE}>
        {t("invitation.noReply")}
      </Badge>
    );
  }
  return (
    <>
      <Badge color={reply.accepted ? "teal.9" : "orange.9"} style={WHOLE}>
        {t(reply.accepted ? "invitation.takesPart" : "invitation.doesNot")}
      </Badge>
      <Text size="xs">
        {reply.by}, {dateTime(reply.at)} {reply.note}
      </Text>
    </>
  );
}
