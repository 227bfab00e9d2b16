import {
  Alert,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  Modal,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { LEVELS, type Level, type Room } from "../../api/registry";
import type { ProfileView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { Confirm, type Question } from "../../ui/confirm";

const EMPTY: Omit<Room, "id"> = {
  name: "",
  level: "xa",
  organisation: "",
  place: "",
  room: "",
  line: "",
  technician: "",
  phone: "",
  equipment: "",
  note: "",
  main: false,
  active: true,
};

interface Props {
  edited: Room | "new" | null;
  onClose: () => void;
  onDone: (told: string) => void;
}

export function RoomForm({ edited, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const profiles = useApi<{ profiles: ProfileView[] }>("/profiles");
  const [room, setRoom] = useState(EMPTY);
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const kept = edited !== "new" && edited !== null ? edited : null;
  useEffect(() => {
    if (!edited) return;
    const { id: _id, ...values } = edited === "new" ? { ...EMPTY, id: "" } : edited;
    setRoom(values);
    setProblem("");
  }, [edited]);
  const change = (values: Partial<typeof EMPTY>) => setRoom((before) => ({ ...before, ...values }));
  const attempt = async (work: () => Promise<unknown>, told: string) => {
    try {
      await work();
      onDone(told);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const save = () =>
    attempt(
      () => (kept ? api("PUT", `/registry/${kept.id}`, room) : api("POST", "/registry", room)),
      t("registry.saved", { name: room.name }),
    );
  const remove = (gone: Room) =>
    setQuestion({
      title: t("registry.removeTitle", { name: gone.name }),
      text: t("registry.removeText"),
      action: t("registry.remove"),
      onYes: () =>
        void attempt(() => api("DELETE", `/registry/${gone.id}`), t("registry.removed", { name: gone.name })),
    });
  return (
    <>
      <Modal
        opened={edited !== null}
        onClose={onClose}
        title={kept ? t("registry.editOne", { name: kept.name }) : t("registry.add")}
        size="lg"
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Stack gap="sm">
            <Fields room={room} change={change} lines={(profiles.data?.profiles ?? []).map((each) => each.name)} />
            {problem && (
              <Alert variant="light" color="lacquer" data-testid="room-problem">
                {problem}
              </Alert>
            )}
            <Group justify="space-between">
              {kept ? (
                <Button variant="subtle" color="lacquer" onClick={() => remove(kept)}>
                  {t("registry.remove")}
                </Button>
              ) : (
                <span />
              )}
              <Group>
                <Button variant="default" onClick={onClose}>
                  {t("app.cancel")}
                </Button>
                <Button type="submit" data-testid="save-room">
                  {t("registry.save")}
                </Button>
              </Group>
            </Group>
          </Stack>
        </form>
      </Modal>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function Fields(props: { room: typeof EMPTY; change: (values: Partial<typeof EMPTY>) => void; lines: string[] }) {
  const { t } = useTranslation();
  const { room, change } = props;
  const text = (name: "name" | "organisation" | "place" | "room" | "technician" | "phone", maxLength: number) => (
    <TextInput
      label={t(`registry.${name}`)}
      value={room[name]}
      required={name === "name"}
      maxLength={maxLength}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <SimpleGrid cols={2} spacing="sm">
        {text("name", 120)}
        <Select
          label={t("registry.level")}
          data={LEVELS.map((value) => ({ value, label: t(`course.level.${value}`) }))}
          value={room.level}
          allowDeselect={false}
          onChange={(value) => change({ level: (value ?? "xa") as Level })}
        />
        {text("organisation", 200)}
        {text("place", 200)}
        {text("room", 120)}
        <Autocomplete
          label={t("registry.line")}
          description={t("registry.lineHint")}
          inputWrapperOrder={["label", "input", "description"]}
          data={props.lines}
          value={room.line}
          maxLength={120}
          onChange={(line) => change({ line })}
        />
        {text("technician", 120)}
        {text("phone", 64)}
      </SimpleGrid>
      <Textarea
        label={t("registry.equipment")}
        description={t("registry.equipmentHint")}
        inputWrapperOrder={["label", "input", "description"]}
        autosize
        minRows={2}
        value={room.equipment}
        maxLength={1000}
        onChange={(event) => change({ equipment: event.currentTarget.value })}
      />
      <Textarea
        label={t("registry.note")}
        autosize
        value={room.note}
        maxLength={5000}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <Checkbox
        label={t("registry.main")}
        checked={room.main}
        onChange={(event) => change({ main: event.currentTarget.checked })}
      />
      <Checkbox
        label={t("registry.active")}
        checked={room.active}
        onChange={(event) => change({ active: event.currentTarget.checked })}
      />
    </>
  );
}
