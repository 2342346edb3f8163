// What PDF.js fetches by a fixed name while it reads a file: character maps, standard fonts, colour profiles, and decoders of pictures. They lie
// in a folder with the version in its name, so that they can be kept for ever as all else in /assets; nothing of them is loaded before a file needs it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const PACKAGE = join(import.meta.dirname, "..", "node_modules", "pdfjs-dist");
const FOLDERS = ["cmaps", "standard_fonts", "iccs", "wasm"];
const NOT_TAKEN = /quickjs/i; // scripts inside a PDF are never run

export function pdfLibrary(): Plugin {
  return {
    name: "qfacts-pdf-library",
    apply: "build",
    async generateBundle() {
      const { version } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
      for (const folder of FOLDERS) {
        for (const name of await readdir(join(PACKAGE, folder))) {
          if (NOT_TAKEN.test(name)) continue;
          const source = await readFile(join(PACKAGE, folder, name));
          this.emitFile({ type: "asset", fileName: `assets/pdfjs-${version}/${folder}/${name}`, source });
        }
      }
    },
  };
}
