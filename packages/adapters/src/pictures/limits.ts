/** Limits of pictures that are made anew (docs/spec/19-files.md, 7). */
import { MINUTE, type Millis } from '@tacet/base';

/** 200 MB of pixels while it is decoded, and as much again in its decoder. */
export const MAX_PIXELS = 50_000_000;
/** Of a preview, pixels. */
export const PREVIEW_SIDE = 32;
/** What takes longer is ended. */
export const PATIENCE: Millis = MINUTE;
