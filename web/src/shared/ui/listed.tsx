import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Refusal } from "../api/problem";
import { Button } from "./button";
import { Loaded } from "./loaded";
import { say } from "./words";

interface OnePage<Row> {
  items: Row[];
  total?: number | null;
}

interface Props<Row> {
  of: UseInfiniteQueryResult<InfiniteData<OnePage<Row>>, Refusal>;
  /** What is shown instead of an empty list: the step that fills it, or how to widen the filter. */
  empty: ReactNode;
  children: (rows: readonly Row[]) => ReactNode;
}

const COUNTED = 1000; // the server counts to one more, which says that there are more

/** A list of which more can be asked for, with how many there are in all. */
export function Listed<Row>({ of, empty, children }: Props<Row>) {
  return (
    <Loaded of={of} lines={8}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.items);
        const total = pages[0]?.total;
        if (rows.length === 0) return empty;
        return (
          <>
            {total ? (
              <p className="soft">
                {total > COUNTED ? say("totalMore", { count: COUNTED }) : say("total", { count: total })}
              </p>
            ) : null}
            <div className="tabled">{children(rows)}</div>
            {of.hasNextPage ? (
              <p>
                <Button busy={of.isFetchingNextPage} onClick={() => of.fetchNextPage()}>
                  {say("showMore")}
                </Button>
              </p>
            ) : null}
          </>
        );
      }}
    </Loaded>
  );
}
