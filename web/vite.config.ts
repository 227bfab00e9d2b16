import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const WORTH_BYTES = 4096;

/** Writes NAME.gz beside what compresses well: the server hands it out as it is, and slow lines have a third to carry. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle(options, bundle) {
      for (const file of Object.values(bundle)) {
        const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (!/\.(m?js|css|svg)$/.test(file.fileName) || content.length < WORTH_BYTES) continue;
        writeFileSync(join(options.dir ?? "", `${file.fileName}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Names in index.html what the first script loads for every page, so that the browser asks for all of it at once. */
function preloaded(): Plugin {
  return {
    name: "preloaded",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === "chunk");
        const app = chunks.find((chunk) => chunk.facadeModuleId?.endsWith("/src/main.tsx"));
        const entry = chunks.find((chunk) => chunk.isEntry);
        if (!app || !entry) throw new Error("src/main.tsx has no chunk of its own: see src/start.ts");
        const named = [entry.fileName, ...entry.imports];
        return [app.fileName, ...app.imports]
          .filter((name) => !named.includes(name))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` },
            injectTo: "head",
          }));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed(), preloaded()],
  build: {
    outDir: "../signalling/webapp",
    emptyOutDir: true,
    // No data: addresses, so that the server may send a strict content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    target: "es2022",
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "first", test: /src\/(routes|api\/client|i18n\/texts)\.ts/, priority: 40 },
            {
              name: "react",
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next)\//,
              priority: 30,
            },
            {
              name: "ui",
              test: /node_modules\/(?!pdfjs-dist|uplot|webrtc-adapter|sdp)/,
              minShareCount: 3,
              priority: 20,
            },
            { name: "common", test: /src\/(?!i18n\/(vi|en))/, minShareCount: 3, priority: 10 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8080", ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
