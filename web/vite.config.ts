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

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    outDir: "../signalling/webapp",
    emptyOutDir: true,
    // No data: addresses, so that the server may send a strict content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    target: "es2022",
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
