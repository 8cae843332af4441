/**
 * What the vault, its locks and its deletions promise, and against whom: narrow, and the same words for
 * every window. With what shows each of them: docs/threat-model.md.
 */

/** One kind of adversary. */
export interface Promised {
  readonly who: string;
  /** What they cannot do. */
  readonly cannot: string;
  /** What they can do all the same. */
  readonly can: string;
}

export const PROMISES: readonly Promised[] = [
  {
    who: 'Somebody who takes this computer while the profile is closed',
    cannot:
      'read anything without passphrase or keychain; tell by what the files hold, their sizes, times or where they lie on the disk whether one, two or more of the four places are used, and by what',
    can: 'tell which places are used from an image of the disk, by what a file system notes below the files (ext4 counts changes, and keeps the name of a log that is gone), or where it writes each change elsewhere (btrfs, ZFS, APFS); see that a vault exists, about how much its largest profile and all files may take, and try passphrases, each of which costs them as much as you',
  },
  {
    who: 'Somebody who takes it fully locked, and reads its memory',
    cannot:
      'open the profile: its keys are gone from memory, while the line to the network goes on',
    can: 'find what the system wrote out of memory to the disk; and, elsewhere than on Linux with the usual C library, by chance something that should be gone',
  },
  {
    who: 'Somebody who takes it open, or with windows locked only',
    cannot: 'open other profiles of the vault',
    can: 'see that this place is used; see by the seconds it takes that another passphrase than its own opens another profile; and, with skill, read what is open from memory: the lock of windows keeps out who only sits down',
  },
  {
    who: 'Somebody who forces a passphrase out of you and gets the one for coercion',
    cannot:
      'open any other profile any more: it is gone in less than a second, on a full disk too; see by time or looks that this passphrase is another, where the profile was closed or fully locked',
    can: 'read the profile it opens; know of another one by its backup folder, or by the seconds it takes where windows were only locked; open the others with an image of the disk from before and another passphrase later; not believe you',
  },
  {
    who: 'Somebody who forces out the passphrase of one profile',
    cannot:
      'tell by what the files of that moment hold, their sizes, times or where they lie whether there are others',
    can: 'read that profile, and write as you; know of another one by a backup folder that is not of this one, or by an image of the disk, as above',
  },
  {
    who: 'Somebody who sees your disk twice: two images, a backup of it, a journal, a flash chip',
    cannot: 'read either of them',
    can: 'see which places changed in between: these are used. On flash, also find what was overwritten',
  },
  {
    who: 'Somebody with files and passphrase, after you deleted something',
    cannot: 'find it in the data at once, nor in any file of ours after seven days',
    can: 'read it for up to seven days in a rolling copy, and for as long as you keep it in a backup of that time',
  },
  {
    who: 'Somebody who watches your line',
    cannot:
      'tell open, windows locked and fully locked from each other, nor see that another profile is opened while Tacet runs',
    can: 'see that this computer runs Tacet, when it starts and ends, and which edge it then dials: each profile has its own',
  },
  {
    who: 'A program that runs on this computer as you, or above',
    cannot: '-',
    can: 'read and write all you can, from the moment a passphrase is typed',
  },
];
