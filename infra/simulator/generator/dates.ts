export const dayMs = 86_400_000;

/** `YYYY-MM-DD`, UTC. */
export const isoDate = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** ISO 8601 UTC, cut to the second, because the zoneless spelling on the wire has no fraction. */
export const isoSecond = (timeMs: number): string => new Date(Math.floor(timeMs / 1000) * 1000).toISOString();

/** `YYYY-MM-DD HH:MM:SS`, UTC: the zoneless spelling of an ISO date-time. */
export const zoneless = (iso: string): string => iso.slice(0, 19).replace('T', ' ');
