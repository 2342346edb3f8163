import { type ButtonHTMLAttributes, useId } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main`: the one thing that a screen is for. */
  kind?: "main" | "plain" | "quiet" | "danger";
  busy?: boolean;
  /** Why it can't be pressed now: it stays in its place, can be focused, and says so below itself. */
  why?: string | null | undefined;
}

export function Button({
  kind = "plain",
  busy = false,
  why,
  onClick,
  children,
  type = "button",
  className = "",
  ...rest
}: Props) {
  const id = useId();
  const closed = busy || Boolean(why);
  const button = (
    <button
      {...rest}
      type={type}
      className={`button ${kind} ${className}`}
      aria-disabled={closed || undefined}
      aria-busy={busy || undefined}
      aria-describedby={why ? id : undefined}
      onClick={(event) => (closed ? event.preventDefault() : onClick?.(event))}
    >
      {children}
    </button>
  );
  if (!why) return button;
  return (
    <span className="closed">
      {button}
      <small id={id}>{why}</small>
    </span>
  );
}
