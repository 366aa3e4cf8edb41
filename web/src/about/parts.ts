/** What the console itself is built from, from the lock file at build time. */
declare const __PARTS__: { name: string; version: string; licence: string }[];

export const consoleParts: readonly { name: string; version: string; licence: string }[] = __PARTS__;
