import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/useApi";
import { bytes, hoursLeft } from "../../ui/format";

interface Space {
  recorded: boolean;
  hours: number;
  needed_bytes: number;
  free_bytes: number;
  hours_left: number;
  fits: boolean;
  comfortable: boolean;
}

/** Before a session starts: what its recording will take, and whether there is so much. */
export function SpaceLine({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useApi<Space>(`/sessions/${id}/space`, 10_000);
  if (!data?.recorded) return null;
  const level = data.fits ? (data.comfortable ? "fits" : "tight") : "lacks";
  return (
    <Alert
      variant="light"
      color={{ fits: "teal", tight: "yellow", lacks: "lacquer" }[level]}
      data-testid="space-line"
      data-level={level}
    >
      {t(`storage.space.${level}`, {
        needed: bytes(data.needed_bytes),
        hours: hoursLeft(data.hours),
        free: bytes(data.free_bytes),
        lasts: hoursLeft(data.hours_left),
      })}
    </Alert>
  );
}
