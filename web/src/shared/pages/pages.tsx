// The pages of a PDF. PDF.js is large, so it is a chunk of its own that is loaded when the first page is to be seen.
import { lazy, type ReactNode, Suspense } from "react";
import { Skeleton } from "../ui/skeleton";
import { loadWords } from "../words/say";

export interface PagesProps {
  /** Where the file's bytes are, for some minutes. */
  url: string;
  filename: string;
  /** The word that stands across each page of what isn't in force. */
  across?: string | undefined;
  /** What stands under each printed page. */
  line: string;
  /** What is printed after the last page: the signatures. */
  after: ReactNode;
  /** What can be done where the file can't be shown. */
  otherwise: ReactNode;
}

const Paged = lazy(async () => {
  const [, file] = await Promise.all([loadWords("pages"), import("./paged")]);
  return { default: file.Paged };
});

export function Pages(props: PagesProps) {
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <Paged {...props} />
    </Suspense>
  );
}
