/** A release of FHIR as people call it, of the version that a server names: `4.0.1` is R4. https://hl7.org/fhir/history.html */
export function releaseName(version: string): string {
  const names: Record<string, string> = {
    '1.0': 'DSTU2',
    '3.0': 'STU3',
    '4.0': 'R4',
    '4.3': 'R4B',
    '5.0': 'R5',
    '6.0': 'R6',
  };
  return names[version.split('.', 2).join('.')] ?? version;
}
