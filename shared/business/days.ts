/** Days and months are those of UTC, `YYYY-MM-DD` and `YYYY-MM`: where a company's own day begins is not known. */

export const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

export const monthOf = (day: string): string => day.slice(0, 7);

export const addDays = (day: string, days: number): string =>
  dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000));
