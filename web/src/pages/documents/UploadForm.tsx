import { Button, FileInput, Group, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { VISIBILITIES } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import { bytes } from "../../ui/format";
import { countPages } from "./pdf";

export interface RoomName {
  id: string;
  name: string;
}

interface Props {
  rooms: RoomName[];
  items: Pick<ScriptItemView, "id" | "title">[];
  maxBytes: number;
  /** A room hands in for itself: the secretary decides who may see it. */
  ofRoom: boolean;
  onSend: (form: FormData) => Promise<boolean>;
}

const EMPTY = { from_whom: "", received_by: "", form: "ban_sao", visibility: "chu_tri", endpoint_id: "", item_id: "" };

/** Hands a document in, with what the register of documents says of it. */
export function UploadForm({ rooms, items, maxBytes, ofRoom, onSend }: Props) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [pages, setPages] = useState<number | string>("");
  const [facts, setFacts] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  const put = (name: keyof typeof EMPTY) => (value: string | null) => setFacts({ ...facts, [name]: value ?? "" });
  const choose = async (chosen: File | null) => {
    setFile(chosen);
    setPages(chosen ? ((await countPages(chosen)) ?? "") : "");
  };
  const send = async () => {
    if (!file) return;
    setBusy(true);
    const form = new FormData();
    for (const [name, value] of Object.entries(facts)) if (value) form.set(name, value);
    if (pages) form.set("pages", String(pages));
    form.set("name", file.name);
    form.set("file", file);
    if (await onSend(form)) {
      setFile(null);
      setPages("");
    }
    setBusy(false);
  };
  const tooLarge = file !== null && file.size > maxBytes;
  return (
    <form
      className="document-upload"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <FileInput
        label={t("case.documents.file")}
        description={t("case.documents.fileHint", { size: bytes(maxBytes) })}
        placeholder={t("case.documents.choose")}
        accept="application/pdf,image/png,image/jpeg,image/webp"
        value={file}
        clearable
        error={tooLarge && t("case.documents.tooLarge")}
        data-testid="document-file"
        onChange={(chosen) => void choose(chosen)}
      />
      <SimpleGrid cols={2} spacing="xs" mt={6}>
        <TextInput
          size="xs"
          label={t("case.documents.fromWhom")}
          value={facts.from_whom}
          maxLength={200}
          data-testid="document-from"
          onChange={(event) => put("from_whom")(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t("case.documents.receivedBy")}
          value={facts.received_by}
          maxLength={120}
          onChange={(event) => put("received_by")(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t("case.documents.form")}
          data={["ban_goc", "ban_sao"].map((value) => ({ value, label: t(`case.form.${value}`) }))}
          value={facts.form}
          allowDeselect={false}
          onChange={put("form")}
        />
        <NumberInput
          size="xs"
          label={t("case.documents.pages")}
          value={pages}
          min={1}
          max={10000}
          allowDecimal={false}
          onChange={setPages}
        />
        {!ofRoom && (
          <>
            <Select
              size="xs"
              label={t("case.documents.visibility")}
              data={VISIBILITIES.map((value) => ({ value, label: t(`case.visibility.${value}`) }))}
              value={facts.visibility}
              allowDeselect={false}
              data-testid="document-visibility"
              onChange={put("visibility")}
            />
            <Select
              size="xs"
              label={t("case.documents.room")}
              placeholder={t("case.documents.noRoom")}
              data={rooms.map((room) => ({ value: room.id, label: room.name }))}
              value={facts.endpoint_id || null}
              clearable
              onChange={put("endpoint_id")}
            />
          </>
        )}
      </SimpleGrid>
      {!ofRoom && items.length > 0 && (
        <Select
          size="xs"
          mt={6}
          label={t("case.item")}
          placeholder={t("case.wholeSession")}
          data={items.map((item) => ({ value: item.id, label: item.title }))}
          value={facts.item_id || null}
          clearable
          onChange={put("item_id")}
        />
      )}
      <Group justify="flex-end" mt="xs">
        <Button
          type="submit"
          size="xs"
          loading={busy}
          disabled={!file || tooLarge}
          leftSection={<IconUpload size={16} />}
          data-testid="document-send"
        >
          {t("case.documents.send")}
        </Button>
      </Group>
    </form>
  );
}
