/** The operating system's keychain behind the client's KeychainPort. */
export { createKeychain, type KeychainEntry, type OpenEntry } from './keychain.ts';
