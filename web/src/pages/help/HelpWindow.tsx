import { Drawer } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { HelpPanel } from "./HelpPanel";

interface Props {
  opened: boolean;
  /** "chapter#anchor" to begin with; "": the chapter on the page at `path`. */
  target: string;
  path: string;
  onClose: () => void;
}

/** The help in a drawer beside the page. */
export function HelpWindow({ opened, target, path, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={680}
      zIndex={400}
      title={t("help.title")}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {opened && <HelpPanel key={path + target} start={target} path={path} />}
    </Drawer>
  );
}
