/** A time as the service writes it: a fraction of a second has no zeros at its end. */
export function azureTime(date: Date): string {
  return date.toISOString().replace(/\.?0+Z$/, "Z");
}
