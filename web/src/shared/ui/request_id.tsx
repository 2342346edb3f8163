import { useState } from "react";
import { Button } from "./button";
import { say } from "./words";

/** The number under which the log has what broke, to be copied and passed on. */
export function RequestId({ id }: { id: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
  };
  return (
    <p className="actions request-id">
      <code>{id}</code>
      <Button onClick={copy}>{say("copy")}</Button>
      <span role="status">{isCopied ? say("copied") : null}</span>
    </p>
  );
}
