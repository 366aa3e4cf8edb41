import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vitest/config";

const api = process.env.YUANLI_API ?? "http://127.0.0.1:8000";

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
}

/** The libraries inside the console with their licences, for the page about it. */
function parts(): { name: string; version: string; licence: string }[] {
  const own = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  const packages = lock.packages as Record<string, Locked>;
  return Object.keys(own.dependencies).map((name) => {
    const found = packages[`node_modules/${name}`];
    return { name, version: found?.version ?? "", licence: found?.license ?? "" };
  });
}

export default defineConfig({
  define: {
    __PARTS__: JSON.stringify(parts()),
    __VUE_OPTIONS_API__: "true",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  plugins: [
    vue(),
    components({
      dts: false,
      dirs: [],
      resolvers: [ElementPlusResolver({ importStyle: "css" })],
    }),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/v1": api } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
