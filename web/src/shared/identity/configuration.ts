// What differs by environment: one bundle serves them all.
export interface DemoPerson {
  email: string;
  name: string;
  says: string;
}

export interface Configuration {
  identity: { project: string; key: string; emulator?: string };
  /** The stack on one machine alone: people to sign in as. */
  demo?: { password: string; people: DemoPerson[] };
}

let read: Promise<Configuration> | undefined;

export function configuration(): Promise<Configuration> {
  read ??= fetch("/config.json").then((response) => response.json());
  return read;
}
