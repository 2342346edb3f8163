import { type ReactNode, useEffect, useId, useRef } from "react";
import { say } from "./words";

interface Props {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** It can't be closed by Escape or a click beside it, because what was typed or begun would be lost. */
  steady?: boolean;
  className?: string;
}

/** The platform's modal dialogue: its first field is ready to type in, the rest is inert, Escape closes it, and the focus goes back. */
export function Dialog({ title, onClose, children, steady = false, className }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>(".body :is(input:not([type=hidden]), textarea, select)")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        if (!steady) onClose();
      }}
      onClose={onClose}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {steady ? null : (
          <button type="button" className="button quiet icon" aria-label={say("close")} onClick={onClose}>
            ✕
          </button>
        )}
      </header>
      <div className="body">{children}</div>
    </dialog>
  );
}
