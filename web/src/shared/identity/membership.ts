// The organisation in which the person works now: one at a time, remembered by person on this device.
let chosen = "";

export function organisationId(): string {
  return chosen;
}

/** Takes the remembered organisation of the person's own, else their first. */
export function chooseOrganisation(person: string, organisations: string[]): string {
  const remembered = localStorage.getItem(`organisation:${person}`) ?? "";
  chosen = organisations.includes(remembered) ? remembered : (organisations[0] ?? "");
  return chosen;
}

export function rememberOrganisation(person: string, organisation: string): void {
  localStorage.setItem(`organisation:${person}`, organisation);
  chosen = organisation;
}
