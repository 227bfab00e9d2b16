import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { UserLink } from "./LinkToHand";
import { useAttempt } from "./SignIn";
import type { UserView } from "./Users";

const ROLES = [
  "operator",
  "technician",
  "chair",
  "secretary",
  "delegate",
  "observer",
  "archivist",
  "auditor",
  "admin",
] as const;

interface Props {
  /** null: a new one. */
  user: UserView | null;
  onClose: () => void;
  onDone: (link: UserLink | null) => void;
}

/** Creating a user, or changing name, role and unit. */
export function UserForm({ user, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState(user?.name ?? "");
  const [fullName, setFullName] = useState(user?.full_name ?? "");
  const [role, setRole] = useState<string>(user?.role ?? "operator");
  const [unit, setUnit] = useState(user?.unit ?? "");
  const { busy, fault, run } = useAttempt();
  const save = () =>
    run(async () => {
      const values = { full_name: fullName, role, unit };
      if (user) {
        await api("PATCH", `/users/${user.id}`, values);
        onDone(null);
      } else onDone(await api<UserLink>("POST", "/users", { name, ...values }));
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={user ? t("people.users.editOf", { name: user.name }) : t("people.users.new")}
      closeButtonProps={{ "aria-label": t("app.close") }}
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack>
          {!user && (
            <TextInput
              label={t("people.users.name")}
              description={t("people.setup.nameHint")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value.toLowerCase())}
              autoComplete="off"
              data-autofocus
              required
            />
          )}
          <TextInput
            label={t("people.users.person")}
            value={fullName}
            onChange={(event) => setFullName(event.currentTarget.value)}
            autoComplete="off"
          />
          <NativeSelect
            label={t("people.users.role")}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
            data={ROLES.map((value) => ({ value, label: t(`people.role.${value}`) }))}
          />
          <TextInput
            label={t("people.users.unit")}
            description={t("people.users.unitHint")}
            value={unit}
            onChange={(event) => setUnit(event.currentTarget.value)}
            autoComplete="off"
          />
          {fault && (
            <Alert variant="light" color="lacquer" role="alert">
              {fault}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("app.cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={!name.trim()}>
              {t(user ? "people.users.save" : "people.users.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
