/**
 * Small pictures of 48 by 32 pixels, red above, blue below; and what cameras, programs and attackers put
 * into such files.
 */
import { crc32 } from 'node:zlib';

const from = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'base64');

export const JPEG = from([
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAYGBgYHBgcICAcKCwoLCg8ODAwODxYQERAREBYiFRkVFRkVIh4kHhweJB42',
  'KiYmKjY+NDI0PkxERExfWl98fKcBBgYGBgcGBwgIBwoLCgsKDw4MDA4PFhAREBEQFiIVGRUVGRUiHiQeHB4kHjYqJiYq',
  'Nj40MjQ+TERETF9aX3x8p//CABEIACAAMAMBIQACEQEDEQH/xAApAAEBAAAAAAAAAAAAAAAAAAAABgEBAQEAAAAAAAAA',
  'AAAAAAAAAAgG/9oADAMBAAIQAxAAAACDZCjAAACLV3LgAAB//8QAFBABAAAAAAAAAAAAAAAAAAAAQP/aAAgBAQABPwBH',
  '/8QAFBEBAAAAAAAAAAAAAAAAAAAAMP/aAAgBAgEBPwBP/8QAFBEBAAAAAAAAAAAAAAAAAAAAMP/aAAgBAwEBPwBP/9k=',
]);

export const PNG = from([
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAYAAABU1PscAAABgUlEQVR4Ae3gAZAkSZIkSRKLqpm7R0REZmZmVlVVVVV3',
  'd3d3d/fMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM',
  'zMzMzMzMzMzMzMzMzMzMzMzMzMzMdHd3d3dXV1VVVVVmZkZGRIS7m5kKz0xmV3d1d3dPz8zMzMxMou46fdr874XuOn3a',
  '/O+F7jp92vzvhe46fdr874XuOn3a/O+F7jp92vzvhe46fdr874XuOn3a/O+F7jp92vzvhe46fdr874XuOn3a/O+F7jp9',
  '2vzvhe46fdr874XuOn3a/O+F7jp92vzvhe46fdr874VOn77L/O+FTp++y/zvhU6fvsv874VOn77L/O+FTp++y/zvhU6f',
  'vsv874VOn77L/O+FTp++y/zvhU6fvsv874VOn77L/O+FTp++y/zvhU6fvsv874VOn77L/O+FTp++y/zvhU6fvsv874VO',
  'n77L/O/FPwJp30HBZCxIMgAAAABJRU5ErkJggg==',
]);

export const WEBP = from([
  'UklGRmIAAABXRUJQVlA4IFYAAABQBACdASowACAAPmkskEWkIqGarAQAQAaEsQBig0A/ED8VeQAAmWgmyUBAAP7wOEP/',
  'hV33zQEf/3sFu+zx+vAdXj/doVkF8ml2X1tTm5zZzgaj9iRAAA==',
]);

/** Stands in every piece of metadata. */
export const CANARY = 'canary: 52.5163 N 13.3777 E, SN 4711';

function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** TIFF in little-endian: orientation, a description, and a place as GPS says it. */
function exif(orientation: number): Buffer {
  const text = Buffer.from(`${CANARY}\0`);
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const first = Buffer.concat([
    Buffer.from([3, 0]),
    entry(0x010e, 2, text.length, 100),
    entry(0x0112, 3, 1, orientation),
    entry(0x8825, 4, 1, 60),
    Buffer.alloc(4),
  ]);
  const place = Buffer.concat([
    Buffer.from([1, 0]),
    entry(0x001b, 7, text.length, 100),
    Buffer.alloc(4),
  ]);
  const tiff = Buffer.alloc(100 + text.length);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  first.copy(tiff, 8);
  place.copy(tiff, 60);
  text.copy(tiff, 100);
  return tiff;
}

/** EXIF, XMP, a colour profile's place, a comment, and more behind the end of the picture. */
export function jpegWith(orientation: number): Buffer {
  const text = Buffer.from(CANARY);
  return Buffer.concat([
    JPEG.subarray(0, 2),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif(orientation)])),
    segment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), text])),
    segment(0xed, Buffer.concat([Buffer.from('Photoshop 3.0\0'), text])),
    segment(0xfe, text),
    JPEG.subarray(2),
    text,
  ]);
}

export function pngChunk(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  body.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}

const PNG_HEAD = 8 + 25;

export function pngWithText(): Buffer {
  const text = Buffer.from(`Comment\0${CANARY}`);
  return Buffer.concat([
    PNG.subarray(0, PNG_HEAD),
    pngChunk('tEXt', text),
    pngChunk('eXIf', exif(1)),
    PNG.subarray(PNG_HEAD),
    text,
  ]);
}

/** Says that it has so many pixels, and holds as few as before. */
export function pngClaiming(width: number, height: number): Buffer {
  const head = Buffer.from(PNG.subarray(16, 29));
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([PNG.subarray(0, 8), pngChunk('IHDR', head), PNG.subarray(PNG_HEAD)]);
}

export function webpWithExif(): Buffer {
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name, 0, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  // EXIF and XMP present; width and height less one.
  const extended = Buffer.from([0x0c, 0, 0, 0, 47, 0, 0, 31, 0, 0]);
  const riff = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', extended),
    WEBP.subarray(12),
    chunk('EXIF', exif(1)),
    chunk('XMP ', Buffer.from(CANARY)),
  ]);
  return chunk('RIFF', riff);
}
