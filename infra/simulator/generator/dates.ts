export const dayMs = 86_400_000;

/** `YYYY-MM-DD`, UTC. */
export const isoDate = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** ISO 8601 UTC, cut to the second, because the zoneless spelling on the wire has no fraction. */
export const isoSecond = (timeMs: number): string => new Date(Math.floor(timeMs / 1000) * 1000).toISOString();

/** `YYYY-MM-DD HH:MM:SS`, UTC: the zoneless spelling of an ISO date-time. */
export const zoneless = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD HH:MM:SS` as a clock in an IANA zone shows an ISO date-time. @throws RangeError for an unknown zone */
export function zonelessIn(iso: string, zone: string): string {
  if (zone === 'UTC') return zoneless(iso);
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    // Sweden writes dates as ISO 8601 does.
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formatters.set(zone, formatter);
  }
  return formatter.format(new Date(iso));
}
