/** Stages and accounts become part of physical names and secret names. */
export const stagePattern = /^[a-z][a-z0-9-]{0,19}$/;
export const accountPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
