/** Names of response headers that announce a limit, in lower case: no standard settles them (RateLimit is a draft still). */
export const limitHeader = /rate-?limit|^retry-after$|quota/;
