import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  Loader,
  Menu,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconDotsVertical, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { Confirm, type Question } from "../../ui/confirm";
import { dateTime } from "../../ui/format";
import { useRows } from "../../ui/useRows";
import { LinkToHand, type UserLink } from "./LinkToHand";
import { useAttempt } from "./SignIn";
import { UserForm } from "./UserForm";

export interface UserView {
  id: string;
  name: string;
  full_name: string;
  role: string;
  unit: string;
  created_at: string;
  signed_in_at: string | null;
  has_password: boolean;
  must_change: boolean;
  second_factor: boolean;
  locked: boolean;
  locked_until: string | null;
}

/** The administrator's page of all users. */
export function Users() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { data, error, reload } = useApi<{ users: UserView[] }>("/users");
  const [edited, setEdited] = useState<UserView | "new" | null>(null);
  const [link, setLink] = useState<UserLink | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const { fault, run } = useAttempt();
  const writes = may("manage_users");
  const act = (work: () => Promise<UserLink | UserView>) =>
    void run(async () => {
      const answer = await work();
      if ("url" in answer) setLink(answer);
      await reload();
    });
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {t("people.users.title")}
          </Title>
          <Anchor component={Link} to="/rules" underline="always" size="sm">
            {t("rules.nav")}
          </Anchor>
        </div>
        {writes ? (
          <Button
            size="md"
            leftSection={<IconPlus size={20} />}
            onClick={() => setEdited("new")}
            data-testid="new-user"
          >
            {t("people.users.new")}
          </Button>
        ) : (
          !error && <Text c="dimmed">{t("people.users.readOnly")}</Text>
        )}
      </Group>
      {(fault ?? error?.message) && (
        <Alert variant="light" color="lacquer" role="alert">
          {fault ?? error?.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && (
        <Card withBorder padding={0}>
          <Table.ScrollContainer minWidth={980}>
            <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
              <Head />
              <Table.Tbody>
                <Rows users={data.users}>
                  {(user) => writes && <Actions user={user} act={act} ask={setQuestion} edit={() => setEdited(user)} />}
                </Rows>
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
      {edited && (
        <UserForm
          user={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onDone={(made) => {
            setEdited(null);
            setLink(made);
            void reload();
          }}
        />
      )}
      <LinkToHand link={link} onClose={() => setLink(null)} />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Stack>
  );
}

function Rows({ users, children }: { users: UserView[]; children: (user: UserView) => ReactNode }) {
  return useRows(users).map((user) => (
    <Table.Tr key={user.id} data-testid={`user-${user.name}`}>
      <Cells user={user} />
      <Table.Td>{children(user)}</Table.Td>
    </Table.Tr>
  ));
}

function Head() {
  const { t } = useTranslation();
  const names = ["name", "person", "role", "unit", "factor", "state", "last"];
  return (
    <Table.Thead>
      <Table.Tr>
        {names.map((name) => (
          <Table.Th key={name}>{t(`people.users.${name}`)}</Table.Th>
        ))}
        <Table.Td />
      </Table.Tr>
    </Table.Thead>
  );
}

function Cells({ user }: { user: UserView }) {
  const { t } = useTranslation();
  return (
    <>
      <Table.Td fw={600}>{user.name}</Table.Td>
      <Table.Td>{user.full_name}</Table.Td>
      <Table.Td>{t(`people.role.${user.role}`)}</Table.Td>
      <Table.Td>{user.unit}</Table.Td>
      <Table.Td>{t(user.second_factor ? "people.users.factorOn" : "people.users.factorOff")}</Table.Td>
      <Table.Td>
        <State user={user} />
      </Table.Td>
      <Table.Td>{user.signed_in_at ? dateTime(user.signed_in_at) : t("people.users.never")}</Table.Td>
    </>
  );
}

function State({ user }: { user: UserView }) {
  const { t } = useTranslation();
  const [text, color] = user.locked
    ? ["people.users.locked", "red"]
    : user.locked_until
      ? ["people.users.lockedOut", "orange"]
      : !user.has_password
        ? ["people.users.noPassword", "yellow"]
        : user.must_change
          ? ["people.users.mustChange", "yellow"]
          : ["people.users.active", "teal"];
  return (
    <Badge variant="light" color={color ?? "gray"} c="dark.8" tt="none" fw={600}>
      {t(text, { time: dateTime(user.locked_until) })}
    </Badge>
  );
}

interface ActionsProps {
  user: UserView;
  act: (work: () => Promise<UserLink | UserView>) => void;
  ask: (question: Question) => void;
  edit: () => void;
}

function Actions({ user, act, ask, edit }: ActionsProps) {
  const { t } = useTranslation();
  const path = `/users/${user.id}`;
  const reset = (factor: boolean) =>
    ask({
      title: t("people.users.askReset", { name: user.name }),
      text: t("people.users.askResetText"),
      action: t(factor ? "people.users.resetAll" : "people.users.reset"),
      onYes: () => act(() => api("POST", `${path}/reset`, { second_factor: factor })),
    });
  const lock = () =>
    ask({
      title: t("people.users.askLock", { name: user.name }),
      text: t("people.users.askLockText"),
      action: t("people.users.lock"),
      onYes: () => act(() => api("PATCH", path, { locked: true })),
    });
  const unlock = () =>
    act(async () => {
      await api("PATCH", path, { locked: false });
      return api("POST", `${path}/unlock`);
    });
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Button variant="default" size="xs" onClick={edit}>
        {t("people.users.edit")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t("people.users.more", { name: user.name })}>
            <IconDotsVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => reset(false)}>{t("people.users.reset")}</Menu.Item>
          <Menu.Item onClick={() => reset(true)}>{t("people.users.resetAll")}</Menu.Item>
          <Menu.Item onClick={() => act(() => api("PATCH", path, { must_change: true }))}>
            {t("people.users.mustChangeDo")}
          </Menu.Item>
          {user.locked || user.locked_until ? (
            <Menu.Item onClick={unlock}>{t("people.users.unlock")}</Menu.Item>
          ) : (
            <Menu.Item color="red" onClick={lock}>
              {t("people.users.lock")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
