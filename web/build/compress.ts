// Compresses what is served with a hash in its name, once, at build time.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const SMALLEST = 1000;

export function compress(): Plugin {
  return {
    name: "qfacts-compress",
    async writeBundle(options) {
      const folder = join(options.dir ?? "dist", "assets");
      for (const name of await readdir(folder)) {
        if (!/\.(?:js|mjs|css|svg|json)$/.test(name)) continue;
        const bytes = await readFile(join(folder, name));
        if (bytes.length < SMALLEST) continue;
        await writeFile(
          join(folder, `${name}.gz`),
          await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
        );
      }
    },
  };
}
