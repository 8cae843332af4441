/** IPv4 addresses in the forms in which a program could keep them. */
import type { Pattern } from './memory.ts';

export function formsOfAddress(address: string): Pattern[] {
  const bytes = bytesOf(address);
  const forms = {
    text: Buffer.from(address),
    utf16: Buffer.from(address, 'utf16le'),
    hex: Buffer.from(bytes.toString('hex')),
    HEX: Buffer.from(bytes.toString('hex').toUpperCase()),
    decimal: Buffer.from(bytes.readUInt32BE().toString()),
    // As IPv6 writes it; the zeros before it are left out, of which memory is full.
    mapped: Buffer.concat([Buffer.from([255, 255]), bytes]),
  };
  return Object.entries(forms).map(([form, found]) => ({
    name: `${address} ${form}`,
    bytes: found,
  }));
}

/** As the system tells it to a program that asks who is at the other end: `sockaddr_in` of Linux. */
export function formsOfPeer(address: string, port: number): Pattern[] {
  const bytes = Buffer.concat([Buffer.from([2, 0, port >> 8, port & 0xff]), bytesOf(address)]);
  return [{ name: `${address} and its port`, bytes }];
}

function bytesOf(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}
