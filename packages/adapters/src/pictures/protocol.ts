/** What goes to the thread that makes a picture anew, and what comes back. */
import type { ErrorKind } from '@tacet/base';
import type { PictureBudget, RemadePicture } from '@tacet/client';

export interface ThreadData {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly budget: PictureBudget;
}

export type FromThread =
  | { readonly kind: 'made'; readonly picture: RemadePicture }
  | {
      readonly kind: 'refused';
      readonly refusal: {
        readonly code: string;
        readonly kind: ErrorKind;
        readonly message: string;
      };
    };
