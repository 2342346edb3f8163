// The worker in which PDF.js reads a file. Its address is the one string that becomes code here: the policy lets it in by this name alone.
import { PDFWorker } from "pdfjs-dist";
import address from "pdfjs-dist/build/pdf.worker.min.mjs?url";

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL: (text: string) => string },
  ): {
    createScriptURL(text: string): string;
  };
}

const policies = (window as { trustedTypes?: Policies }).trustedTypes;
const policy = policies?.createPolicy("qfacts-worker", {
  createScriptURL: (text) => {
    if (text !== address) throw new TypeError("Only the worker of PDF pages may be started.");
    return text;
  },
});

/** A worker for one document; `close` ends it. */
export function startWorker(): { worker: PDFWorker; close: () => void } {
  const port = new Worker(policy?.createScriptURL(address) ?? address, { type: "module" });
  const worker = PDFWorker.create({ port });
  return {
    worker,
    close: () => {
      worker.destroy();
      port.terminate();
    },
  };
}
