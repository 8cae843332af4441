/**
 * Branded types: a `RelayHash` cannot stand where a `BoxId` is wanted. The brand exists for the
 * compiler only. Each branded type says where it may appear: wire, store, log, window.
 */
declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
export type Bytes<Name extends string> = Brand<Uint8Array, Name>;
