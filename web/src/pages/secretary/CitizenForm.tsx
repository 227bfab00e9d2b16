import { Button, Checkbox, Group, NumberInput, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CAPACITIES, type Citizen, TIMES } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import type { RoomName } from "../documents/UploadForm";

export interface CitizenValues {
  endpoint_id: string;
  item_id: string;
  name: string;
  birth_year: number | null;
  id_number: string;
  address: string;
  capacity: string;
  times: string;
  paper: string;
  checked_by: string;
  acknowledged: boolean;
}

interface Props {
  /** Who is changed, null: somebody new. */
  citizen: Citizen | null;
  rooms: RoomName[];
  items: Pick<ScriptItemView, "id" | "title">[];
  onCancel: () => void;
  onSave: (values: Partial<CitizenValues>) => Promise<void>;
}

function valuesOf(citizen: Citizen | null, room: string): CitizenValues {
  return {
    endpoint_id: citizen?.endpoint_id ?? room,
    item_id: citizen?.item_id ?? "",
    name: citizen?.name ?? "",
    birth_year: citizen?.birth_year ?? null,
    id_number: citizen && !citizen.masked ? citizen.id_number : "",
    address: citizen?.address ?? "",
    capacity: citizen?.capacity ?? "nguoi_khieu_nai",
    times: citizen?.times ?? "lan_dau",
    paper: citizen?.paper ?? "",
    checked_by: citizen?.checked_by ?? "",
    acknowledged: citizen?.acknowledged_at != null,
  };
}

/** The attendee's form: who it is, by which paper, compared by which officer, and whether the notice was understood. */
export function CitizenForm({ citizen, rooms, items, onCancel, onSave }: Props) {
  const { t } = useTranslation();
  const [first] = useState(() => valuesOf(citizen, rooms.length === 1 ? (rooms[0]?.id ?? "") : ""));
  const [values, setValues] = useState(first);
  const put = (part: Partial<CitizenValues>) => setValues({ ...values, ...part });
  const save = () => {
    // Of somebody who is known only what was changed is sent: a masked number stays as it is.
    const changed = Object.entries(values).filter(([name, value]) => value !== first[name as keyof CitizenValues]);
    return onSave(citizen ? Object.fromEntries(changed) : values);
  };
  const needsPaper = values.capacity === "dai_dien" || values.capacity === "uy_quyen";
  return (
    <form
      className="citizen-form"
      data-testid="citizen-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <SimpleGrid cols={2} spacing="xs">
        <TextInput
          size="xs"
          label={t("case.citizens.name")}
          value={values.name}
          maxLength={120}
          required
          autoFocus
          autoComplete="off"
          data-testid="citizen-name"
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          label={t("case.citizens.birthYear")}
          value={values.birth_year ?? ""}
          min={1900}
          max={2100}
          hideControls
          thousandSeparator=""
          onChange={(value) => put({ birth_year: typeof value === "number" ? value : null })}
        />
        <TextInput
          size="xs"
          label={t("case.citizens.idNumber")}
          placeholder={citizen?.masked ? citizen.id_number : ""}
          value={values.id_number}
          maxLength={20}
          autoComplete="off"
          inputMode="numeric"
          data-testid="citizen-number"
          onChange={(event) => put({ id_number: event.currentTarget.value })}
        />
        <Select
          size="xs"
          label={t("case.citizens.capacity")}
          data={CAPACITIES.map((value) => ({ value, label: t(`case.capacity.${value}`) }))}
          value={values.capacity}
          allowDeselect={false}
          data-testid="citizen-capacity"
          onChange={(value) => value && put({ capacity: value })}
        />
      </SimpleGrid>
      <TextInput
        size="xs"
        mt={4}
        label={t("case.citizens.address")}
        value={values.address}
        maxLength={300}
        autoComplete="off"
        onChange={(event) => put({ address: event.currentTarget.value })}
      />
      <SimpleGrid cols={2} spacing="xs" mt={4}>
        {rooms.length > 1 && !citizen && (
          <Select
            size="xs"
            label={t("case.citizens.room")}
            data={rooms.map((room) => ({ value: room.id, label: room.name }))}
            value={values.endpoint_id || null}
            required
            allowDeselect={false}
            data-testid="citizen-room"
            onChange={(value) => put({ endpoint_id: value ?? "" })}
          />
        )}
        <Select
          size="xs"
          label={t("case.citizens.times")}
          data={TIMES.map((value) => ({ value, label: t(`case.times.${value}`) }))}
          value={values.times}
          allowDeselect={false}
          onChange={(value) => value && put({ times: value })}
        />
        {items.length > 0 && (
          <Select
            size="xs"
            label={t("case.item")}
            placeholder={t("case.wholeSession")}
            data={items.map((item) => ({ value: item.id, label: item.title }))}
            value={values.item_id || null}
            clearable
            onChange={(value) => put({ item_id: value ?? "" })}
          />
        )}
        <TextInput
          size="xs"
          label={t("case.citizens.checkedLabel")}
          value={values.checked_by}
          maxLength={120}
          data-testid="citizen-checked"
          onChange={(event) => put({ checked_by: event.currentTarget.value })}
        />
      </SimpleGrid>
      {(needsPaper || values.paper) && (
        <TextInput
          size="xs"
          mt={4}
          label={t("case.citizens.paper")}
          value={values.paper}
          maxLength={300}
          onChange={(event) => put({ paper: event.currentTarget.value })}
        />
      )}
      <Checkbox
        size="xs"
        mt={8}
        label={t("case.citizens.acknowledged")}
        checked={values.acknowledged}
        data-testid="citizen-acknowledged"
        onChange={(event) => put({ acknowledged: event.currentTarget.checked })}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {t("case.citizens.hint")}
      </Text>
      <Group justify="flex-end" gap="xs" mt="xs">
        <Button size="xs" variant="default" onClick={onCancel}>
          {t("app.cancel")}
        </Button>
        <Button
          type="submit"
          size="xs"
          disabled={!values.name.trim() || !values.endpoint_id}
          data-testid="citizen-save"
        >
          {t("case.save")}
        </Button>
      </Group>
    </form>
  );
}
