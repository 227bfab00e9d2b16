import { Alert, Badge, Button, Card, Group, Loader, Menu, Stack, Stepper, Text, Title } from "@mantine/core";
import { IconDots, IconPencil, IconWriting } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api } from "../../api/client";
import type { Course, Unmet } from "../../api/course";
import { useMe } from "../../api/me";
import type { SessionState, SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { language } from "../../i18n";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { StateBadge } from "../../ui/StateBadge";
import { Invitations } from "../invitation/Invitations";
import { Activity } from "./Activity";
import { Checks } from "./Checks";
import { type Asked, OrderDialog } from "./OrderDialog";
import { PlanSummary } from "./PlanSummary";

const WAY: SessionState[] = ["draft", "awaiting_approval", "scheduled", "technical_check", "ready", "live", "ended"];
const SIDE = ["revise", "postpone", "cancel"];
const ASKED = ["approve", "reschedule", "revise", "postpone", "cancel"];

/** One session on its way: what the next step is, what it still needs and where that is done. */
export function Prepare() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const session = useApi<SessionView>(`/sessions/${id}`, 5000);
  const course = useApi<Course>(`/sessions/${id}/course`, 5000);
  const [problem, setProblem] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const { reload: reloadSession } = session;
  const { reload: reloadCourse } = course;
  const reload = useCallback(async () => {
    await Promise.all([reloadSession(), reloadCourse()]);
  }, [reloadSession, reloadCourse]);
  const send = async (path: string, body?: unknown): Promise<boolean> => {
    setProblem("");
    let done = true;
    try {
      await api("POST", `/sessions/${id}${path}`, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      done = false;
    }
    await reload();
    return done;
  };
  const navigate = useNavigate();
  const start = async () => {
    if (await send("/countdown", { version: course.data?.version })) navigate(`/sessions/${id}`);
  };
  const order = (action: string) => {
    if (action === "start") void start();
    else if (ASKED.includes(action)) setAsked({ action });
    else void send(`/${action}`, { version: course.data?.version });
  };
  if (!session.data || !course.data) {
    const error = session.error ?? course.error;
    return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  }
  return (
    <Stack gap="md">
      <RehearsalMark on={session.data.kind === "rehearsal"} />
      <Head session={session.data} course={course.data} order={order} />
      <Way state={session.data.state} />
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
      <div className="prepare">
        <Stack gap="md">
          <Next session={session.data} course={course.data} order={order} />
          <Checks session={session.data} course={course.data} send={send} ask={setAsked} />
        </Stack>
        <Stack gap="md">
          <PlanSummary session={session.data} script={course.data.script} />
          <Invitations sessionId={id} />
          <Activity sessionId={id} endpoints={session.data.endpoints} onNews={reload} />
        </Stack>
      </div>
      <OrderDialog asked={asked} course={course.data} onClose={() => setAsked(null)} send={send} />
    </Stack>
  );
}

interface Parts {
  session: SessionView;
  course: Course;
  order: (action: string) => void;
}

function Head({ session, course, order }: Parts) {
  const { t } = useTranslation();
  const { may, sees } = useMe();
  const side = course.actions.filter(
    ({ action }) => SIDE.includes(action) && action !== course.next && may(permissionOf(action, session)),
  );
  const over = ["ended", "archived", "cancelled"].includes(session.state);
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Group gap="sm">
          <Title order={1} size="h2">
            {session.title}
          </Title>
          <StateBadge state={session.state} />
          {session.kind === "rehearsal" && (
            <Badge size="lg" color="grape" variant="light">
              {t("course.rehearsal.watermark")}
            </Badge>
          )}
        </Group>
        <Text c="dimmed" size="sm">
          {session.number} · {t(`kind.${session.kind}`)}
          {session.kind === "rehearsal" && ` · ${t("course.rehearsal.text")}`}
        </Text>
      </div>
      <Group wrap="nowrap" gap="xs">
        {sees("write_minutes") && session.state !== "cancelled" && (
          <Button
            component={Link}
            to={`/sessions/${session.id}/secretary`}
            variant="light"
            leftSection={<IconWriting size={18} />}
            data-testid="open-secretary"
          >
            {t("case.open")}
          </Button>
        )}
        {session.state !== "cancelled" && (
          <Button component={Link} to={`/sessions/${session.id}/papers`} variant="light" data-testid="open-papers">
            {t("papers.open")}
          </Button>
        )}
        {["ended", "archived"].includes(session.state) && (
          <Button component={Link} to={`/recordings/${session.id}`} variant="light">
            {t("course.prepare.recordingPage")}
          </Button>
        )}
        {!["archived", "cancelled"].includes(session.state) && may("edit_session") && (
          <Button
            component={Link}
            to={`/sessions/${session.id}/edit`}
            variant="light"
            leftSection={<IconPencil size={18} />}
            data-testid="edit-session"
          >
            {t("course.prepare.edit")}
          </Button>
        )}
        {!over && (
          <Button component={Link} to={`/sessions/${session.id}`} variant="light" data-testid="open-console">
            {t("course.prepare.console")}
          </Button>
        )}
        {side.length > 0 && (
          <Menu>
            <Menu.Target>
              <Button variant="default" leftSection={<IconDots size={18} />} data-testid="more-actions">
                {t("course.prepare.more")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {side.map(({ action }) => (
                <Menu.Item
                  key={action}
                  {...(action === "cancel" ? { color: "lacquer" } : {})}
                  onClick={() => order(action)}
                  data-testid={`action-${action}`}
                >
                  {t(`course.action.${action}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
    </Group>
  );
}

/** The whole way, with the place where the session stands. */
function Way({ state }: { state: SessionState }) {
  const { t } = useTranslation();
  const standing =
    state === "archived" ? WAY.length : WAY.indexOf(["paused", "interrupted"].includes(state) ? "live" : state);
  if (standing < 0) return null;
  return (
    <Stepper active={standing} size="xs" allowNextStepsSelect={false} aria-hidden>
      {WAY.map((each) => (
        <Stepper.Step key={each} label={t(`state.${each}`)} allowStepSelect={false} />
      ))}
    </Stepper>
  );
}

const EDITING = ["submit", "revise", "reschedule", "postpone", "cancel"];

/** What an order asks for, as the server's table has it (signalling/course_api.py). */
function permissionOf(action: string, session: Pick<SessionView, "kind" | "state">): string {
  if (action === "approve") {
    return session.kind === "dot_xuat" && session.state === "draft" ? "edit_session" : "approve_session";
  }
  if (action === "archive") return "archive_session";
  return EDITING.includes(action) ? "edit_session" : "run_session";
}

function Next({ session, course, order }: Parts) {
  const { t } = useTranslation();
  const { may } = useMe();
  // A rehearsal need not be approved: what it needs is to begin.
  const start = course.actions.find((each) => each.action === "start");
  const next =
    start && start.unmet.length === 0 ? "start" : course.course === "ad_hoc" && start ? "start" : course.next;
  const adHoc = course.course === "ad_hoc" && session.state === "draft" ? "approve" : next;
  const found = course.actions.find((each) => each.action === adHoc);
  if (!found) return null;
  const { action, unmet } = found;
  return (
    <Card withBorder padding="lg" data-testid="next-step-card">
      <Title order={2} size="h4" mb="xs">
        {t("course.prepare.nextStep")}: {t(`course.action.${action}`)}
      </Title>
      {unmet.length > 0 ? (
        <>
          <Text mb="xs">{t("course.prepare.missing", { action: t(`course.before.${action}`) })}</Text>
          <Points points={unmet} session={session} />
        </>
      ) : (
        <Text c="teal.9">{t("course.prepare.complete", { action: t(`course.before.${action}`) })}</Text>
      )}
      {may(permissionOf(action, session)) ? (
        <Button
          mt="md"
          size="md"
          disabled={unmet.length > 0}
          onClick={() => order(action)}
          data-testid={`action-${action}`}
        >
          {t(`course.action.${action}`)}
        </Button>
      ) : (
        <Text mt="md" fw={600} data-testid="by-others">
          {t(`course.by.${permissionOf(action, session)}`, { action: t(`course.action.${action}`) })}
        </Text>
      )}
      {course.warnings.length > 0 && !["ended", "archived", "cancelled"].includes(session.state) && (
        <Alert variant="light" color="yellow" mt="md" title={t("course.prepare.warnings")} data-testid="warnings">
          <Points points={course.warnings} session={session} />
        </Alert>
      )}
    </Card>
  );
}

/** What is missing, each with the way to where it is put right. */
function Points({ points, session }: { points: Unmet[]; session: SessionView }) {
  const { t } = useTranslation();
  return (
    <ul className="points">
      {points.map((point) => {
        const where = placeOf(point.place, session);
        return (
          <li key={`${point.code}/${point.endpoint_id}`} data-code={point.code}>
            {language() === "vi" ? point.vi : point.en}{" "}
            {where.to.startsWith("#") ? (
              <a href={where.to}>{t(`course.prepare.where.${where.text}`)}</a>
            ) : (
              <Link to={where.to}>{t(`course.prepare.where.${where.text}`)}</Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The page or part of this page where a condition is met. */
export function placeOf(place: string, session: Pick<SessionView, "id" | "profile" | "endpoints">) {
  const edit = `/sessions/${session.id}/edit`;
  if (place === "plan.planned_start") return { to: `${edit}?step=session&field=${place}`, text: "plan" };
  if (place.startsWith("plan.")) return { to: `${edit}?step=matter&field=${place}`, text: "plan" };
  if (place === "endpoints") return { to: `${edit}?step=endpoints`, text: "endpoints" };
  if (place === "script") return { to: `${edit}?step=script`, text: "script" };
  if (place === "planner") {
    const delegates = session.endpoints.filter((each) => each.role === "delegate").length;
    return { to: `/simulate?profile=${encodeURIComponent(session.profile)}&delegates=${delegates}`, text: "planner" };
  }
  if (place === "preflight") return { to: `/sessions/${session.id}/preflight`, text: "preflight" };
  if (place === "minutes" || place === "package") return { to: `/recordings/${session.id}`, text: place };
  return { to: `#${place}`, text: place };
}
