import { ActionIcon, Badge, Button, Group, MultiSelect, Select, Text } from "@mantine/core";
import { IconEye, IconPresentation, IconReceipt, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type CaseDocument, VISIBILITIES } from "../../api/case";
import { bytes, dateTime } from "../../ui/format";
import type { RoomName } from "./UploadForm";

interface Props {
  document: CaseDocument;
  rooms: RoomName[];
  shown: boolean;
  sessionId: string;
  onView: () => void;
  onShow: (() => void) | null;
  onRemove: (() => void) | null;
  onChange: ((change: Partial<CaseDocument>) => void) | null;
}

/** One document of the register, and what may be done with it. */
export function DocumentCard({ document, rooms, shown, sessionId, onView, onShow, onRemove, onChange }: Props) {
  const { t } = useTranslation();
  const room = rooms.find((each) => each.id === document.endpoint_id)?.name ?? "";
  const facts = [
    t(`case.form.${document.form}`),
    document.pages ? t("case.documents.pageCount", { count: document.pages }) : "",
    bytes(document.bytes),
    document.from_whom && t("case.documents.of", { name: document.from_whom }),
    room,
    dateTime(document.at),
  ];
  return (
    <div className="document-card" data-shown={shown} data-testid={`document-${document.id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <div>
          <Text fw={600} size="sm">
            {document.name}
          </Text>
          <Text size="xs" c="dimmed">
            {facts.filter(Boolean).join(" · ")}
          </Text>
          <Text size="xs" c="dimmed" className="document-hash">
            SHA-256 {document.sha256.slice(0, 16)}…
          </Text>
        </div>
        {!onChange && (
          <Badge variant="light" color="navy">
            {t(`case.visibility.${document.visibility}`)}
          </Badge>
        )}
      </Group>
      {onChange && document.may_open && document.visibility === "co_quan" && (
        <MultiSelect
          size="xs"
          mt={6}
          label={t("case.documents.bodies")}
          placeholder={document.endpoints === null ? t("case.documents.bodiesAll") : ""}
          data={rooms.map((each) => ({ value: each.id, label: each.name }))}
          value={document.endpoints ?? []}
          clearable
          onChange={(value) => onChange({ endpoints: value.length ? value : null })}
        />
      )}
      <Group gap={6} mt={6} justify="space-between">
        {onChange && document.may_open ? (
          <Select
            size="xs"
            w={190}
            aria-label={t("case.documents.visibilityOf", { name: document.name })}
            data={VISIBILITIES.map((value) => ({ value, label: t(`case.visibility.${value}`) }))}
            value={document.visibility}
            allowDeselect={false}
            data-testid="card-visibility"
            onChange={(value) => value && onChange({ visibility: value })}
          />
        ) : (
          <span />
        )}
        <Group gap={6}>
          {onShow && document.may_open && !shown && (
            <Button
              size="compact-sm"
              leftSection={<IconPresentation size={16} />}
              data-testid="document-show"
              onClick={onShow}
            >
              {t("case.documents.show")}
            </Button>
          )}
          {document.may_open && (
            <Button size="compact-sm" variant="default" leftSection={<IconEye size={16} />} onClick={onView}>
              {t("case.documents.view")}
            </Button>
          )}
          {onChange && document.from_whom && (
            <ActionIcon
              component={Link}
              to={`/sessions/${sessionId}/receipt/${document.id}`}
              target="_blank"
              variant="default"
              size={26}
              aria-label={t("case.receipt.of", { name: document.from_whom })}
              title={t("case.receipt.of", { name: document.from_whom })}
            >
              <IconReceipt size={16} />
            </ActionIcon>
          )}
          {onRemove && (
            <ActionIcon
              variant="subtle"
              color="lacquer"
              size={26}
              aria-label={t("case.documents.removeOne", { name: document.name })}
              title={t("case.documents.removeOne", { name: document.name })}
              data-testid="document-remove"
              onClick={onRemove}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      </Group>
    </div>
  );
}
