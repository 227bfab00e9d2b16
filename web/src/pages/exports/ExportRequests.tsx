import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, request as fetchFile } from "../../api/client";
import type { ExportList, ExportRequest, ExportState, GrantedPlayback } from "../../api/exports";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { dateTime, duration } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";
import { AskReason, type ReasonQuestion } from "../storage/AskReason";
import { AskForm } from "./AskForm";

const COLOURS: Record<ExportState, string> = {
  asked: "yellow",
  approved: "navy",
  refused: "lacquer",
  making: "navy",
  failed: "lacquer",
  ready: "teal",
  expired: "gray",
};

/** Requests for recordings with what the reader does next about each. sessionId: of one session alone. */
export function ExportRequests(props: {
  sessionId?: string;
  states?: string;
  onPlay?: (granted: GrantedPlayback) => void;
}) {
  const { t } = useTranslation();
  const query = new URLSearchParams({
    ...(props.sessionId ? { session: props.sessionId } : {}),
    ...(props.states ? { state: props.states } : {}),
  });
  const { data, error, reload } = useApi<ExportList>(`/export-requests?${query}`, 5000);
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<ReasonQuestion | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    setProblem("");
    try {
      await work();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : null;
  return (
    <Stack gap="sm">
      {problem && (
        <Alert variant="light" color="lacquer" withCloseButton onClose={() => setProblem("")} data-testid="problem">
          {problem}
        </Alert>
      )}
      {data.requests.length === 0 && (
        <Text c="dimmed" data-testid="no-requests">
          {t("exports.none")}
        </Text>
      )}
      {data.requests.map((each) => (
        <Card withBorder padding="sm" key={each.id} data-testid={`request-${each.id}`} data-state={each.state}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <About request={each} withSession={!props.sessionId} />
            <Actions request={each} act={act} ask={setQuestion} onPlay={props.onPlay} />
          </Group>
        </Card>
      ))}
      <AskReason question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}

/** The same as a card of one session's page, with the form to ask for whoever may. */
export function ExportCard({ sessionId, lengthS }: { sessionId: string; lengthS?: number }) {
  const { t } = useTranslation();
  const { me, sees } = useMe();
  const [asked, setAsked] = useState(0);
  if (!sees("ask_recording")) return null;
  return (
    <Card withBorder padding="md" data-testid="exports">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("exports.title")}
        </Title>
        {(me?.role === "secretary" || me?.role === "observer") && (
          <AskForm sessionId={sessionId} lengthS={lengthS ?? 0} onAsked={() => setAsked(asked + 1)} />
        )}
        <ExportRequests key={asked} sessionId={sessionId} />
      </Stack>
    </Card>
  );
}

function About({ request, withSession }: { request: ExportRequest; withSession: boolean }) {
  const { t } = useTranslation();
  const what = t(`exports.what.${request.what}`);
  const stretch =
    request.what === "extract" ? ` ${duration(request.from_ms / 1000)} – ${duration(request.to_ms / 1000)}` : "";
  const who = [request.asked_by, t(`people.role.${request.role}`), request.unit].filter(Boolean).join(", ");
  return (
    <div>
      <Group gap="sm">
        <Text fw={600}>
          {what}
          {stretch}
        </Text>
        <Badge variant="light" color={COLOURS[request.state]} c="dark.8" data-testid="request-state">
          {t(`exports.state.${request.state}`, { percent: Math.floor(100 * request.progress) })}
        </Badge>
      </Group>
      {withSession && (
        <Text size="sm">
          {request.code} · {request.title}
        </Text>
      )}
      <Text size="sm">{t("exports.asked", { who, at: dateTime(request.asked_at) })}</Text>
      <Text size="sm">{t("exports.for", { purpose: request.purpose })}</Text>
      <Came request={request} />
    </div>
  );
}

/** What came of it so far. */
function Came({ request }: { request: ExportRequest }) {
  const { t } = useTranslation();
  const lines = [
    request.decided_at &&
      t(request.state === "refused" ? "exports.refusedBy" : "exports.approvedBy", {
        name: request.decided_by,
        at: dateTime(request.decided_at),
      }),
    request.reason && t("exports.reason", { reason: request.reason }),
    request.done_at && t("exports.doneBy", { name: request.done_by, at: dateTime(request.done_at) }),
    (request.state === "ready" || request.state === "making") &&
      t("exports.until", { at: dateTime(request.expires_at) }),
    request.fetched > 0 && t("exports.fetched", { count: request.fetched, at: dateTime(request.fetched_at) }),
    request.state === "failed" && request.error,
  ].filter(Boolean);
  return (
    <Text size="sm" c="dimmed">
      {lines.join(" · ")}
    </Text>
  );
}

interface ActionsProps {
  request: ExportRequest;
  act: (work: () => Promise<unknown>) => Promise<void>;
  ask: (question: ReasonQuestion) => void;
  onPlay: ((granted: GrantedPlayback) => void) | undefined;
}

function Actions({ request, act, ask, onPlay }: ActionsProps) {
  const { t } = useTranslation();
  const { extent, may } = useMe();
  const path = `/export-requests/${request.id}`;
  const refuse = () =>
    ask({
      title: t("exports.refuse"),
      text: t("exports.refuseText", { name: request.asked_by }),
      label: t("exports.reasonLabel"),
      action: t("exports.refuse"),
      danger: true,
      onReason: (reason) => void act(() => api("POST", `${path}/refuse`, { reason })),
    });
  const take = async () => {
    const file = await fetchFile("GET", `${path}/file`);
    saveFile(
      await file.blob(),
      `${request.code}.${{ mp4: "mp4", playback: "", package: "tar", extract: "tar" }[request.what]}`,
    );
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {request.state === "asked" && extent("export_recording") === "approve" && (
        <>
          <Button onClick={() => void act(() => api("POST", `${path}/approve`, {}))} data-testid="approve-export">
            {t("exports.approve")}
          </Button>
          <Button variant="light" color="lacquer" onClick={refuse} data-testid="refuse-export">
            {t("exports.refuse")}
          </Button>
        </>
      )}
      {(request.state === "approved" || request.state === "failed") && may("export_recording") && (
        <Button onClick={() => void act(() => api("POST", `${path}/carry-out`))} data-testid="carry-out">
          {t("exports.carryOut")}
        </Button>
      )}
      {request.state === "ready" && request.mine && request.what !== "playback" && (
        <Button onClick={() => void act(take)} data-testid="take-export">
          {t("exports.take")}
        </Button>
      )}
      {request.state === "ready" && request.mine && request.what === "playback" && onPlay && (
        <Button
          onClick={() => void act(async () => onPlay(await api<GrantedPlayback>("POST", `${path}/access`)))}
          data-testid="play-export"
        >
          {t("exports.play")}
        </Button>
      )}
    </Group>
  );
}
