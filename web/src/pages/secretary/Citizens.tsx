import { ActionIcon, Alert, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconPencil, IconTrash, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Caller } from "../../api/caller";
import type { Citizen } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import { dateTime } from "../../ui/format";
import type { RoomName } from "../documents/UploadForm";
import { CitizenForm, type CitizenValues } from "./CitizenForm";

interface Props {
  caller: Caller;
  /** Of the session in the API. */
  path: string;
  citizens: Citizen[];
  /** One room alone: the citizens sit there. */
  rooms: RoomName[];
  items: Pick<ScriptItemView, "id" | "title">[];
  enters: boolean;
  reload: () => Promise<void>;
}

/** Who is received: entered here, or by the officer in the room where they sit. */
export function Citizens({ caller, path, citizens, rooms, items, enters, reload }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<Citizen | "new" | null>(null);
  const [problem, setProblem] = useState("");
  const act = async (method: string, to: string, body?: unknown) => {
    setProblem("");
    try {
      await caller.json(method, `${path}/citizens${to}`, body);
      setEditing(null);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  const save = (values: Partial<CitizenValues>) =>
    editing === "new"
      ? act("POST", "", values)
      : editing
        ? act("PATCH", `/${editing.id}`, { ...values, endpoint_id: undefined })
        : Promise.resolve();
  return (
    <Stack gap="xs" data-testid="citizens">
      {problem && (
        <Alert variant="light" color="lacquer" data-testid="citizen-problem">
          {problem}
        </Alert>
      )}
      {citizens.length === 0 && editing === null && (
        <Text size="sm" c="dimmed">
          {t("case.citizens.none")}
        </Text>
      )}
      {citizens.map((citizen) => (
        <Line
          key={citizen.id}
          citizen={citizen}
          room={rooms.find((each) => each.id === citizen.endpoint_id)?.name ?? ""}
          onEdit={enters ? () => setEditing(citizen) : null}
          onRemove={enters ? () => void act("POST", `/${citizen.id}/remove`, { reason: "" }) : null}
        />
      ))}
      {editing !== null ? (
        <CitizenForm
          key={editing === "new" ? "new" : editing.id}
          citizen={editing === "new" ? null : editing}
          rooms={rooms}
          items={items}
          onCancel={() => setEditing(null)}
          onSave={save}
        />
      ) : (
        enters && (
          <Group>
            <Button
              size="xs"
              leftSection={<IconUserPlus size={16} />}
              data-testid="citizen-add"
              onClick={() => setEditing("new")}
            >
              {t("case.citizens.add")}
            </Button>
          </Group>
        )
      )}
    </Stack>
  );
}

interface LineProps {
  citizen: Citizen;
  room: string;
  onEdit: (() => void) | null;
  onRemove: (() => void) | null;
}

function Line({ citizen, room, onEdit, onRemove }: LineProps) {
  const { t } = useTranslation();
  const number = citizen.id_unreadable ? t("case.citizens.unreadable") : citizen.id_number;
  const facts = [
    citizen.birth_year ? t("case.citizens.born", { year: citizen.birth_year }) : "",
    number && t("case.citizens.number", { number }),
    citizen.address,
    room,
  ];
  const checks = [
    citizen.checked_by
      ? t("case.citizens.checkedBy", { name: citizen.checked_by, time: dateTime(citizen.checked_at) })
      : t("case.citizens.notChecked"),
    citizen.acknowledged_at
      ? t("case.citizens.acknowledgedAt", { time: dateTime(citizen.acknowledged_at) })
      : t("case.citizens.notAcknowledged"),
  ];
  return (
    <div className="citizen" data-testid="citizen">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600} size="sm">
            {citizen.name}{" "}
            <Badge variant="light" color="navy" size="sm">
              {t(`case.capacity.${citizen.capacity}`)}
            </Badge>
          </Text>
          <Text size="xs">{facts.filter(Boolean).join(" · ")}</Text>
          {citizen.paper && <Text size="xs">{citizen.paper}</Text>}
          <Text size="xs" c="dimmed">
            {checks.join(" · ")}
          </Text>
        </div>
        {(onEdit || onRemove) && (
          <Group gap={2} wrap="nowrap">
            {onEdit && (
              <ActionIcon
                variant="subtle"
                size={24}
                aria-label={t("case.citizens.edit", { name: citizen.name })}
                title={t("case.citizens.edit", { name: citizen.name })}
                data-testid="citizen-edit"
                onClick={onEdit}
              >
                <IconPencil size={15} />
              </ActionIcon>
            )}
            {onRemove && (
              <ActionIcon
                variant="subtle"
                color="lacquer"
                size={24}
                aria-label={t("case.citizens.remove", { name: citizen.name })}
                title={t("case.citizens.remove", { name: citizen.name })}
                onClick={onRemove}
              >
                <IconTrash size={15} />
              </ActionIcon>
            )}
          </Group>
        )}
      </Group>
    </div>
  );
}
