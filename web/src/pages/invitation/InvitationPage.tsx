import { Alert, Anchor, Button, Card, Group, Loader, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { asEndpoint } from "../../api/caller";
import type { Invitation } from "../../api/invitation";
import { dateTime } from "../../ui/format";
import { saveFile } from "../../ui/saveFile";
import { Letter } from "./Letter";
import { peopleOf, peopleText } from "./people";

const KEY = "diemcau.invitation";

/** The link's token, out of the address bar; kept for a reload of this tab. */
function takeToken(): string {
  const found = location.hash.slice(1);
  if (found) {
    sessionStorage.setItem(KEY, found);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? "";
}

/** An endpoint's invitation, by its own link: the letter, a calendar entry, and its answer with the delegates' names. */
export function InvitationPage() {
  const { t } = useTranslation();
  const [token] = useState(takeToken);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [problem, setProblem] = useState("");
  const work = useCallback(
    async (method: string, path: string, body?: unknown) => {
      setProblem("");
      try {
        setInvitation(await asEndpoint(token).json<Invitation>(method, path, body));
      } catch (failure) {
        setProblem(failure instanceof Error ? failure.message : String(failure));
      }
    },
    [token],
  );
  useEffect(() => {
    if (token) void work("GET", "/invitation");
  }, [token, work]);
  const save = async () => {
    const entry = await asEndpoint(token)
      .file("/invitation.ics")
      .catch((failure: unknown) => {
        setProblem(failure instanceof Error ? failure.message : String(failure));
        return null;
      });
    if (entry) saveFile(entry, `giay-moi-${invitation?.code ?? ""}.ics`);
  };
  return (
    <main id="main" className="page">
      <Stack gap="md" maw={900} mx="auto">
        <Group justify="space-between" className="record-tools">
          <Title order={1} size="h2">
            {t("invitation.title")}
          </Title>
          {invitation && (
            <Group gap="xs">
              <Button variant="default" onClick={() => window.print()}>
                {t("invitation.print")}
              </Button>
              <Button
                variant="light"
                onClick={() => void save()}
                disabled={!invitation.planned_start}
                data-testid="save-ics"
              >
                {t("invitation.calendar")}
              </Button>
            </Group>
          )}
        </Group>
        {problem && (
          <Alert variant="light" color="lacquer" data-testid="problem">
            {problem}
          </Alert>
        )}
        {!token && <Alert color="navy">{t("join.noLink")}</Alert>}
        {token && !invitation && !problem && <Loader aria-label={t("app.loading")} />}
        {invitation && (
          <>
            <Answer
              invitation={invitation}
              onAnswer={(body) => void work("POST", "/invitation/reply", body)}
              link={`/join#${token}`}
            />
            <Letter invitation={invitation} />
          </>
        )}
      </Stack>
    </main>
  );
}

interface AnswerProps {
  invitation: Invitation;
  link: string;
  onAnswer: (body: object) => void;
}

function Answer({ invitation, link, onAnswer }: AnswerProps) {
  const { t } = useTranslation();
  const [by, setBy] = useState("");
  const [note, setNote] = useState("");
  const [people, setPeople] = useState(peopleText(invitation.people));
  const answer = (accepted: boolean) =>
    onAnswer({ accepted, by: by.trim(), note: note.trim(), people: accepted ? peopleOf(people) : null });
  return (
    <Card withBorder padding="lg" className="record-tools" style={{ display: "block" }}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("invitation.answer")}
        </Title>
        {invitation.reply && (
          <Alert variant="light" color={invitation.reply.accepted ? "teal" : "yellow"} data-testid="reply">
            {t(invitation.reply.accepted ? "invitation.accepted" : "invitation.declined", {
              name: invitation.reply.by,
              at: dateTime(invitation.reply.at),
            })}
            {invitation.reply.note && ` ${invitation.reply.note}`}
          </Alert>
        )}
        {!invitation.open && <Text>{t("invitation.closed")}</Text>}
        {invitation.open && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              answer(true);
            }}
          >
            <Stack gap="sm">
              <TextInput
                label={t("invitation.by")}
                value={by}
                required
                maxLength={120}
                onChange={(event) => setBy(event.currentTarget.value)}
                data-testid="reply-by"
              />
              <Textarea
                label={t("invitation.people")}
                description={t("invitation.peopleHint")}
                value={people}
                autosize
                minRows={2}
                onChange={(event) => setPeople(event.currentTarget.value)}
                data-testid="reply-people"
              />
              <TextInput
                label={t("invitation.note")}
                value={note}
                maxLength={1000}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
              <Group gap="sm">
                <Button type="submit" disabled={!by.trim()} data-testid="accept">
                  {t("invitation.accept")}
                </Button>
                <Button variant="default" disabled={!by.trim()} onClick={() => answer(false)} data-testid="decline">
                  {t("invitation.decline")}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
        <Text size="sm">
          <Anchor href={link}>{t("invitation.enter")}</Anchor>
        </Text>
      </Stack>
    </Card>
  );
}
