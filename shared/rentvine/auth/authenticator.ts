/** Knows which headers prove an account's identity. */
export interface Authenticator {
  /** Headers for the next request. May have to ask Rentvine for a token first, and fails as any request does. */
  headers(): Promise<AuthHeaders>;
  /**
   * Other headers, after Rentvine refused these with a 401; `undefined` when there are no others to try.
   *
   * @param refused what `headers` or `renew` answered before
   */
  renew(refused: AuthHeaders): Promise<AuthHeaders | undefined>;
}

export type AuthHeaders = Readonly<Record<string, string>>;
