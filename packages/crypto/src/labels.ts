/**
 * Every domain-separation label of the project, in one place (docs/spec/01-crypto.md, 2).
 * A label is the ASCII text `tacet/1/<name>`; its bytes enter a hash as u8(length) | text, so no
 * label is a prefix of another's input. Helpers take the short name. A label is used for one
 * purpose; a new purpose gets a new line here.
 */
export const LABELS = {
  /** Onion: KEM secret and context to the pseudorandom key of one layer. */
  'onion-layer': 'tacet/1/onion-layer',
  /** Onion: the key seed inside a reply block to the LIONESS keys of the innermost layer. */
  'onion-reply': 'tacet/1/onion-reply',
  /** Argon2id: the 16-byte salt from a salt of any length. */
  'argon2-salt': 'tacet/1/argon2-salt',
  /** Local window: a ticket, session or reopen secret to the hash the server keeps of it. */
  'window-secret': 'tacet/1/window-secret',
  /** Box store: what is kept of an erased record, to know a retry from an overwrite. */
  'erased-box': 'tacet/1/erased-box',
  /** Edge: an address prefix, under a key of the process, while it is connected. */
  'address-prefix': 'tacet/1/address-prefix',
  /** Boxes: an id to the hash whose first 8 bytes are its mark. */
  mark: 'tacet/1/mark',
  /** Boxes: keyed by the record key, the plaintext to the nonce it is sealed under. */
  'record-nonce': 'tacet/1/record-nonce',
  /** Boxes: the sealed content to the hash its box key signs. */
  'box-content': 'tacet/1/box-content',
  /** Boxes: first word of what a box key signs to fill the box, and to have it erased. */
  'box-put': 'tacet/1/box-put',
  'box-tombstone': 'tacet/1/box-tombstone',
  /** Digests: first word of what an edge signs, and the hash by which others name the result. */
  digest: 'tacet/1/digest',
  'digest-hash': 'tacet/1/digest-hash',
  /** Broadcast: kind and bytes of an item to the id that its cells carry. */
  'broadcast-item': 'tacet/1/broadcast-item',
  /** Directory: a relay's two identity keys to its hash. */
  'relay-identity': 'tacet/1/relay-identity',
  /** Directory: an authority's two keys to its hash. */
  'authority-identity': 'tacet/1/authority-identity',
  /** Directory: name, authorities and threshold to a network's id. */
  'network-id': 'tacet/1/network-id',
  /** Directory: an unsigned document body to the hash packets are bound to. */
  document: 'tacet/1/document',
  /** Directory: an authority's signature over a document hash. */
  'document-signature': 'tacet/1/document-signature',
  /** Directory: a vote's body to its hash, and an authority's signature over that hash. */
  vote: 'tacet/1/vote',
  'vote-signature': 'tacet/1/vote-signature',
  /** Authority: the state on its disk to the sum at its end. */
  'authority-state': 'tacet/1/authority-state',
  /** Authority: a signed descriptor found valid, to the name under which that is remembered. */
  'descriptor-bytes': 'tacet/1/descriptor-bytes',
  /** Directory: a relay's signature over its descriptor. */
  descriptor: 'tacet/1/descriptor',
  /** Directory: a relay's signature over its link key and the key's last moment. */
  'link-certificate': 'tacet/1/link-certificate',
  /** Directory: edge and mark to the edge's rank for that box. */
  placement: 'tacet/1/placement',
  /** Streams: the root to the first chain value, one step, and what hangs off a step. */
  'stream-root': 'tacet/1/stream-root',
  'stream-next': 'tacet/1/stream-next',
  'stream-seed': 'tacet/1/stream-seed',
  'stream-key': 'tacet/1/stream-key',
  /** Beacons: the same, once a day. */
  'beacon-root': 'tacet/1/beacon-root',
  'beacon-next': 'tacet/1/beacon-next',
  'beacon-seed': 'tacet/1/beacon-seed',
  'beacon-key': 'tacet/1/beacon-key',
  /** Healing: the root to the first secret; secret and entropy to what all of a generation hangs off. */
  'healing-root': 'tacet/1/healing-root',
  'healing-mix': 'tacet/1/healing-mix',
  'healing-next': 'tacet/1/healing-next',
  'healing-stream': 'tacet/1/healing-stream',
  'healing-beacon': 'tacet/1/healing-beacon',
  /** Recovery: the root of a stream to the first recovery root of its direction. */
  'recovery-root': 'tacet/1/recovery-root',
  /** Recovery: a root to the boxes of statements, and with a statement's hash to that of its answer. */
  'recovery-seed': 'tacet/1/recovery-seed',
  'recovery-key': 'tacet/1/recovery-key',
  'recovery-answer-seed': 'tacet/1/recovery-answer-seed',
  'recovery-answer-key': 'tacet/1/recovery-answer-key',
  /** Recovery: a root to what names its pair; the bundle, what is signed, the MAC, the statement's name. */
  'recovery-pair': 'tacet/1/recovery-pair',
  'recovery-bundle': 'tacet/1/recovery-bundle',
  'recovery-statement': 'tacet/1/recovery-statement',
  'recovery-mac': 'tacet/1/recovery-mac',
  'recovery-stated': 'tacet/1/recovery-stated',
  /** Contact list: the phrase's root to the list's, that to its boxes; an entry as it was posted. */
  'contact-list': 'tacet/1/contact-list',
  'contact-list-seed': 'tacet/1/contact-list-seed',
  'contact-list-key': 'tacet/1/contact-list-key',
  'contact-list-entry': 'tacet/1/contact-list-entry',
  /** Copies of a store: the profile's root to the boxes by which they notice each other. */
  'own-root': 'tacet/1/own-root',
  'own-seed': 'tacet/1/own-seed',
  'own-key': 'tacet/1/own-key',
  /** Meeting: the key set to the address of a person. */
  'key-set': 'tacet/1/key-set',
  /** Meeting: key-set hash and r to the link's secret (the commitment). */
  invite: 'tacet/1/invite',
  'invite-seed': 'tacet/1/invite-seed',
  'invite-key': 'tacet/1/invite-key',
  /** Meeting: the record of box 2, as box 3 names it. */
  'invite-lock': 'tacet/1/invite-lock', // r of an invitation, from the lock that its outcome opens
  'invite-reply': 'tacet/1/invite-reply',
  'invite-reply-key': 'tacet/1/invite-reply-key',
  /** Meeting: that hash to the content id of a guest's first words. */
  'invite-words': 'tacet/1/invite-words',
  /** Address: the card to its secret (the commitment); the lock to the r in the card. */
  address: 'tacet/1/address',
  'address-lock': 'tacet/1/address-lock',
  /** Address: the secret, a day and a number to a request's box; the box that tells its end. */
  'address-seed': 'tacet/1/address-seed',
  'address-key': 'tacet/1/address-key',
  'address-end-seed': 'tacet/1/address-end-seed',
  'address-end-key': 'tacet/1/address-end-key',
  /** Address: an X-Wing secret and its box to the key of one sealed request. */
  'address-request': 'tacet/1/address-request',
  /** Address: a card to the words people compare. */
  'address-words': 'tacet/1/address-words',
  /** New keys: the old key set, the new one and a number, signed by the old keys. */
  'key-change': 'tacet/1/key-change',
  /** In person: the nonce on a scanned code and both key-set hashes to the proof of it. */
  'scan-proof': 'tacet/1/scan-proof',
  /** Short code: run, both parties' keys and a nonce to the commitment, and both nonces to the digits. */
  'code-commitment': 'tacet/1/code-commitment',
  'code-digits': 'tacet/1/code-digits',
  /** Files: a file's secret, a box's number and round to that box; a block, and list with size, to their hashes. */
  'file-seed': 'tacet/1/file-seed',
  'file-key': 'tacet/1/file-key',
  'file-block': 'tacet/1/file-block',
  'file-tree': 'tacet/1/file-tree',
  /** Profile: what the passphrase gives to the key of one slot's header. */
  'profile-slot': 'tacet/1/profile-slot',
  /** Profile: the database key to the key of the head of one of its rolling copies. */
  'rolling-copy': 'tacet/1/rolling-copy',
  /** Profile: a keychain secret to what a passphrase would give. */
  'profile-keychain': 'tacet/1/profile-keychain',
  /** Backup: what the recovery phrase gives to the key of a folder's head; a piece to what tells whether it changed. */
  'backup-head': 'tacet/1/backup-head',
  'backup-sum': 'tacet/1/backup-sum',
  /** Profile: a bot's token to what is kept of it. */
  'api-token': 'tacet/1/api-token',
} as const;

export type Label = keyof typeof LABELS;

const encoded = new Map<Label, Uint8Array>();

/** u8(length) | ASCII text. The result is shared: do not write to it. */
export function labelBytes(label: Label): Uint8Array {
  let bytes = encoded.get(label);
  if (bytes === undefined) {
    const text = LABELS[label];
    bytes = Uint8Array.from([text.length, ...Array.from(text, (c) => c.charCodeAt(0))]);
    encoded.set(label, bytes);
  }
  return bytes;
}
