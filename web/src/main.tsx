import "@fontsource/be-vietnam-pro/400.css";
import "@fontsource/be-vietnam-pro/500.css";
import "@fontsource/be-vietnam-pro/600.css";
import "@fontsource/be-vietnam-pro/700.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/console.css";
import "./theme/live.css";
import "./theme/papers.css";
import "./theme/sessions.css";
import "./theme/people.css";
import "./theme/preflight.css";
import "./theme/playback.css";
import "./theme/stage.css";
import "./theme/room.css";
import "./theme/chair.css";
import "./theme/operator.css";
import "./theme/case.css";
import "./theme/help.css";
import "./theme/demo.css";
import "webrtc-adapter";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./App";
import { startI18n } from "./i18n";
import { theme } from "./theme/theme";

startI18n();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme}>
        <Notifications position="top-right" />
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </MantineProvider>
    </StrictMode>,
  );
}
