import { SegmentedControl } from "@mantine/core";
import { IconColumns2, IconFileText, IconLayoutGrid, IconLayoutSidebarRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { LayoutName, RoomView } from "../../api/room";
import type { Act } from "../LiveSession";

const ICONS = {
  one_plus: IconLayoutSidebarRight,
  chair_speaker: IconColumns2,
  grid: IconLayoutGrid,
  document: IconFileText,
};

/** How every room's screen is arranged. */
export function LayoutPicker({ room, act }: { room: RoomView; act: Act }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("console.layout.title")}
      data-testid="layout"
      value={room.layout}
      onChange={(name) => void act("PUT", "/layout", { name })}
      data={(Object.keys(ICONS) as LayoutName[]).map((name) => {
        const Icon = ICONS[name];
        return {
          value: name,
          label: (
            <span className="layout-choice" title={t(`console.layout.${name}`)}>
              <Icon size={18} aria-hidden />
              <span>{t(`console.layout.${name}_short`)}</span>
            </span>
          ),
        };
      })}
    />
  );
}
