/** Which of the 16,384 slots of a cluster a key belongs to: CRC-16/XMODEM of the key. */

export const SLOTS = 16_384;

const POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc & 0xffff;
});

/** @param key printable and without braces, as all keys here are: braces would choose the slot. */
export function slotOf(key: string): number {
  let crc = 0;
  for (let i = 0; i < key.length; i++) {
    const index = ((crc >> 8) ^ key.charCodeAt(i)) & 0xff;
    crc = ((crc << 8) ^ (TABLE[index] ?? 0)) & 0xffff;
  }
  return crc % SLOTS;
}
