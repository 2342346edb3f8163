import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./build/compress";
import { pdfLibrary } from "./build/pdf_library";
import { words } from "./build/words";

export default defineConfig({
  plugins: [words(), react(), pdfLibrary(), compress()],
  build: {
    target: ["chrome125", "firefox128", "safari17.5"],
    assetsInlineLimit: 0, // the policy lets nothing in that isn't a file of its own
    manifest: true, // says which file imports which, for the budgets
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700, // kB; PDF.js alone is that large, and is loaded with the first PDF
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(?:react|react-dom|scheduler)\//, priority: 3 },
            { name: "tanstack", test: /node_modules\/@tanstack\//, priority: 2 },
            { name: "identity", test: /node_modules\/@firebase\//, priority: 2 },
          ],
        },
      },
    },
  },
});
