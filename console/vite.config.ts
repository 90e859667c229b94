import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The provider's own pages and the console share one file of design tokens, which is outside this folder.
const repository = new URL("..", import.meta.url).pathname;

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "../src/idp/console_dist",
    emptyOutDir: true,
    // The content security policy allows files of our own and nothing else: no inline script, style or data URL font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    // Older targets would have light-dark() compiled away, and with it the choice between light and dark.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    manifest: "manifest.json",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: {
    fs: { allow: [repository] },
    // `npm run dev` beside a provider: its pages and its API answer, this server gives the sources.
    proxy: Object.fromEntries(
      ["/admin", "/authorize", "/run", "/static", "/theme", "/console/sign-in", "/console/callback", "/console/step-up"].map(
        (path) => [path, process.env["IDP_URL"] ?? "http://127.0.0.1:8000"],
      ),
    ),
  },
});
