import { Text } from "@mantine/core";
import { IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Room } from "../../api/registry";
import { useApi } from "../../api/useApi";

/** Whom to call at an endpoint: the technician of its room in the registry. */
export function Contact({ registeredId }: { registeredId: string | null }) {
  return registeredId ? <Known id={registeredId} /> : null;
}

function Known({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useApi<Room>(`/registry/${id}`);
  if (!data?.technician && !data?.phone) return null;
  return (
    <Text data-testid="contact">
      <IconPhone size={16} aria-hidden /> {t("technical.call")}: {data.technician}{" "}
      {data.phone && <a href={`tel:${data.phone.replace(/\s/g, "")}`}>{data.phone}</a>}
      {data.room && ` · ${data.room}`}
    </Text>
  );
}
