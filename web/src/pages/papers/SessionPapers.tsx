import { Alert, Anchor, Card, Group, Loader, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { PaperList, PaperView } from "../../api/papers";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { StateBadge } from "../../ui/StateBadge";
import { FileButtons } from "./FileButtons";

const GROUPS = [
  { name: "case", kinds: ["minutes", "conclusion", "refusal", "receipt", "register"] },
  { name: "technical", kinds: ["plan", "sheet", "equipment", "annex"] },
];

/** Every paper of one session, in every format. */
export function SessionPapers() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const session = useApi<SessionView>(`/sessions/${id}`);
  const list = useApi<PaperList>(`/sessions/${id}/papers`);
  const [problem, setProblem] = useState("");
  const error = session.error ?? list.error;
  if (!session.data || !list.data)
    return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  const vi = language() === "vi";
  const papers = list.data;
  return (
    <Stack gap="md">
      <div>
        <Group gap="sm">
          <Title order={1} size="h2">
            {t("papers.title")}
          </Title>
          <StateBadge state={session.data.state} />
        </Group>
        <Text c="dimmed" size="sm">
          <Anchor component={Link} to={`/sessions/${id}/prepare`} underline="always">
            {session.data.number} · {session.data.title}
          </Anchor>
        </Text>
      </div>
      {papers.no_pdf && (
        <Alert variant="light" color="yellow" data-testid="no-pdf">
          {vi ? papers.no_pdf : papers.no_pdf_en}
        </Alert>
      )}
      {problem && (
        <Alert
          variant="light"
          color="lacquer"
          withCloseButton
          closeButtonLabel={t("app.close")}
          onClose={() => setProblem("")}
          data-testid="problem"
        >
          {problem}
        </Alert>
      )}
      {GROUPS.map(({ name, kinds }) => {
        const shown = papers.papers.filter((paper) => kinds.includes(paper.kind));
        if (shown.length === 0) return null;
        return (
          <Card withBorder padding="lg" key={name}>
            <Title order={2} size="h4" mb="xs">
              {t(`papers.group.${name}`)}
            </Title>
            <Stack gap={0}>
              {shown.map((paper) => (
                <Row key={paper.kind} paper={paper} rooms={papers.rooms} onProblem={setProblem} />
              ))}
            </Stack>
          </Card>
        );
      })}
      <Text size="sm" c="dimmed">
        {t("papers.texts", { version: papers.texts_version })}
      </Text>
    </Stack>
  );
}

interface RowParts {
  paper: PaperView;
  rooms: PaperList["rooms"];
  onProblem: (text: string) => void;
}

function Row({ paper, rooms, onProblem }: RowParts) {
  const { t } = useTranslation();
  const [room, setRoom] = useState<string | null>(null);
  const vi = language() === "vi";
  const title = vi ? paper.title : paper.title_en;
  const whole = paper.kind === "minutes" && rooms.length > 0;
  return (
    <div className="paper-row" data-testid={`paper-${paper.kind}`}>
      <div>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed">
          {(vi ? paper.why_not : paper.why_not_en) || t(`papers.about.${paper.kind}`)}
        </Text>
      </div>
      {whole ? (
        <Select
          size="xs"
          clearable
          placeholder={t("papers.allRooms")}
          aria-label={t("papers.room")}
          data={rooms.map((each) => ({ value: each.endpoint_id, label: each.name }))}
          value={room}
          onChange={setRoom}
          data-testid="minutes-room"
        />
      ) : (
        <span />
      )}
      <FileButtons
        path={`${paper.path}${room ? `?endpoint=${room}` : ""}`}
        title={title}
        formats={paper.formats}
        testId={paper.kind}
        onProblem={onProblem}
      />
    </div>
  );
}
