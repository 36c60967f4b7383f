/** Settings of a listener that acknowledges by the spool; `{folder}` is where a bench keeps its files. */
export const SPOOL_ENV: Readonly<Record<string, string>> = {
  ENDPLATE_ACKNOWLEDGE: 'spool',
  ENDPLATE_SPOOL_DIR: '{folder}/spool',
};
