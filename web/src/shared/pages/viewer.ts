// A PDF's pages by PDF.js's own viewer: text that can be selected and found, zoom, and pictures of the pages for printing.
import { AnnotationMode, getDocument, type PDFDocumentProxy, version } from "pdfjs-dist";
import { EventBus, FindState, PDFFindController, PDFLinkService, PDFViewer } from "pdfjs-dist/web/pdf_viewer.mjs";
import { startWorker } from "./worker";

/** What the pages are like now. */
export interface Seen {
  pages: number;
  page: number;
  percent: number;
  /** Where the words stand that are looked for; `total` is 0 where they don't. */
  found: { current: number; total: number } | null;
}

export interface Hand {
  find: (words: string, backwards?: boolean) => void;
  zoom: (by: 1 | -1) => void;
  fit: () => void;
  bytes: () => Promise<Uint8Array>;
  /** The addresses of pictures of all pages, fit to be printed. */
  pictures: (far: (page: number) => void) => Promise<string[]>;
  close: () => void;
}

interface Options {
  url: string;
  /** The word that stands across each page, and each page's name. */
  across: string;
  named: (page: number) => string;
  tell: (seen: Partial<Seen>) => void;
  far: (percent: number) => void;
  /** Whether the reader has left, so that nothing begins to be shown. */
  isGone: () => boolean;
}

const LIBRARY = `/assets/pdfjs-${version}/`; // what a PDF may need besides: character maps, standard fonts, pictures in JPEG 2000
const FIT = "page-width";
const PRINTED = 150 / 72; // dots an inch
const SILENT = {
  getDirection: () => "ltr",
  getLanguage: () => "en",
  pause() {},
  resume() {},
  translate: async () => {},
};

/** Opens a PDF in `container`; what it says of it comes by `tell`. */
export async function open(
  container: HTMLDivElement,
  { url, across, named, tell, far, isGone }: Options,
): Promise<Hand> {
  const { worker, close } = startWorker();
  const eventBus = new EventBus();
  const linkService = new PDFLinkService({ eventBus, externalLinkTarget: 2, externalLinkRel: "noopener noreferrer" });
  const findController = new PDFFindController({ eventBus, linkService });
  const ends = new AbortController();
  let sought = "";
  const task = getDocument({
    url,
    worker,
    cMapUrl: `${LIBRARY}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${LIBRARY}standard_fonts/`,
    wasmUrl: `${LIBRARY}wasm/`,
    iccUrl: `${LIBRARY}iccs/`,
    enableXfa: false,
  });
  task.onProgress = ({ loaded, total }: { loaded: number; total: number }) =>
    far(total > 0 ? Math.min(100, Math.round((100 * loaded) / total)) : 0);
  let pdf: PDFDocumentProxy;
  try {
    pdf = await task.promise;
    if (isGone()) throw new Error("The reader has left.");
  } catch (error) {
    task.destroy().finally(close);
    throw error;
  }
  const options = {
    container,
    eventBus,
    linkService,
    findController,
    annotationMode: AnnotationMode.ENABLE, // a form's fields are shown and not filled in
    annotationEditorMode: -1,
    l10n: SILENT as never,
    abortSignal: ends.signal, // ends what the viewer listens to; its types don't name it
  };
  const viewer = new PDFViewer(options);
  linkService.setViewer(viewer);
  listen(eventBus, viewer, tell);
  const begin = () => {
    viewer.currentScaleValue = FIT;
    for (let at = 0; at < viewer.pagesCount; at++) {
      const { div } = viewer.getPageView(at) as { div: HTMLElement };
      div.ariaLabel = named(at + 1);
      if (across) div.dataset.across = across;
    }
  };
  eventBus.on("pagesinit", begin, { signal: ends.signal });
  viewer.setDocument(pdf);
  linkService.setDocument(pdf);
  return {
    find: (words, backwards = false) => {
      look(eventBus, words, words === sought, backwards);
      sought = words;
    },
    zoom: (by) => viewer.updateScale({ steps: by, drawingDelay: 200 }),
    fit: () => {
      viewer.currentScaleValue = FIT;
    },
    bytes: () => pdf.getData(),
    pictures: (done) => pictures(pdf, done),
    close: () => {
      ends.abort();
      const shut = () => {
        viewer.setDocument(null as never);
        return task.destroy();
      };
      Promise.allSettled([viewer.pagesPromise]).then(shut).finally(close); // torn off while it begins, PDF.js breaks
    },
  };
}

function listen(eventBus: EventBus, viewer: PDFViewer, tell: (seen: Partial<Seen>) => void): void {
  interface Matches {
    matchesCount: { current: number; total: number };
  }
  eventBus.on("pagesinit", () => tell({ pages: viewer.pagesCount, page: 1 }));
  eventBus.on("pagechanging", ({ pageNumber }: { pageNumber: number }) => tell({ page: pageNumber }));
  eventBus.on("scalechanging", ({ scale }: { scale: number }) => tell({ percent: Math.round(scale * 100) }));
  eventBus.on("updatefindmatchescount", ({ matchesCount }: Matches) => tell({ found: { ...matchesCount } }));
  eventBus.on("updatefindcontrolstate", ({ state, matchesCount }: Matches & { state: number }) => {
    if (state !== FindState.PENDING) tell({ found: { ...matchesCount } });
  });
}

function look(eventBus: EventBus, words: string, again: boolean, backwards: boolean): void {
  eventBus.dispatch("find", {
    source: null,
    type: again ? "again" : "",
    query: words,
    caseSensitive: false,
    entireWord: false,
    highlightAll: true,
    findPrevious: backwards,
    matchDiacritics: false,
  });
}

async function pictures(pdf: PDFDocumentProxy, done: (page: number) => void): Promise<string[]> {
  const found: string[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: PRINTED });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.floor(viewport.width), Math.floor(viewport.height)];
    await page.render({ canvas, viewport, intent: "print" }).promise;
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (blob) found.push(URL.createObjectURL(blob));
    done(number);
  }
  return found;
}
