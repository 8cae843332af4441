/** What goes to the thread that makes a picture anew, and what comes back. */
import type { Refusal } from '@tacet/base';
import type { PictureBudget, RemadePicture } from '@tacet/client';

export interface ThreadData {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly budget: PictureBudget;
}

export type FromThread =
  | { readonly kind: 'made'; readonly picture: RemadePicture }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
