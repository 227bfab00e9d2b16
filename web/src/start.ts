// The first script: asks for all that the first page needs at the same time, its code, its texts and the server's answers.
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
import { askAhead, takeTokenFromAddress } from "./api/client";
import { loadTexts, storedLanguage } from "./i18n/texts";
import { pageAt } from "./routes";

/** How long the first picture waits for answers when all else is there, ms: then it is drawn once, with what it shows. */
const PATIENCE_MS = 100;

const language = storedLanguage();
const first = pageAt(location, language);
if (first?.framed) takeTokenFromAddress();
const answers = (first?.ahead ?? []).map(askAhead);
const code = [
  import("./main"),
  loadTexts(language),
  first?.page.fetch().catch(() => undefined), // where it is shown, it is asked for again
  styled(),
] as const;

void Promise.all(code).then(async ([{ show }]) => {
  await Promise.race([Promise.all(answers), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  await show();
});

/** Resolves when the document and its styles are there: this script waits for neither. */
async function styled(): Promise<void> {
  if (document.readyState === "loading") {
    await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
  }
  const sheets = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].filter(
    (each) => !each.sheet,
  );
  await Promise.all(sheets.map((each) => new Promise((done) => Object.assign(each, { onload: done, onerror: done }))));
}
