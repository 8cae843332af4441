/** A file or picture among the messages: what it is, where it is, what can be done with it. */
import type { FileView, MessageView } from '@tacet/api';
import { useEffect } from 'preact/hooks';
import { declineFile, fetchFile, openSheet, withdrawFile } from '../state/actions.ts';
import { pictures, saveFile, saving, showPicture } from '../state/read-file.ts';
import { canPlay, fileWord } from '../words/files.ts';
import { safeName } from '../words/safe.ts';
import { bytes } from '../words/size.ts';
import { FileIcon } from './icons.tsx';

interface Props {
  readonly message: MessageView;
  readonly file: FileView;
}

export function FileNote({ message, file }: Props) {
  const isHere = canPlay(message, file);
  return (
    <div class="file">
      {file.kind === 'picture' && isHere && <Seen message={message} file={file} />}
      <div class="file-line">
        <FileIcon />
        <span class="file-words">
          <bdi class="file-name">{safeName(file.name)}</bdi>
          <span class="soft">
            {bytes(file.size)}
            {isHere && message.direction === 'in' ? '' : `, ${fileWord(file)}`}
          </span>
          {file.claimedName !== null && (
            <span class="soft">was called “{safeName(file.claimedName)}”</span>
          )}
        </span>
      </div>
      <Deeds message={message} file={file} isHere={isHere} />
    </div>
  );
}

/** Its sender's claim of its size keeps the room, so that nothing jumps when it comes. */
function Seen({ message, file }: Props) {
  const { id } = message;
  const seen = pictures.value.get(id);
  useEffect(() => void showPicture(id, file.size), [id, file.size, seen === undefined]);
  if (seen?.isNone === true) {
    return <p class="soft">Not a picture as Tacet makes them: it is not drawn here. Save it.</p>;
  }
  const [width, height] = [file.width ?? 4, file.height ?? 3];
  return (
    <button
      type="button"
      class="picture"
      aria-label="Look at the picture"
      disabled={seen?.url == null}
      onClick={() => openSheet({ kind: 'picture', id })}
    >
      {seen?.url != null ? (
        <img src={seen.url} alt="" width={width} height={height} decoding="async" />
      ) : (
        <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true" />
      )}
    </button>
  );
}

function Deeds({ message, file, isHere }: Props & { readonly isHere: boolean }) {
  const { id, direction } = message;
  const percent = saving.value.get(id);
  const isIn = direction === 'in';
  const canStop = !isIn && ['offered', 'writing', 'written'].includes(file.state);
  return (
    <div class="file-deeds">
      {isIn && file.state === 'offered' && (
        <>
          <button type="button" class="button" onClick={() => void fetchFile(id)}>
            Fetch it
          </button>
          <button type="button" class="button button-quiet" onClick={() => void declineFile(id)}>
            No
          </button>
        </>
      )}
      {isHere && (
        <button
          type="button"
          class="button button-quiet"
          disabled={percent !== undefined}
          onClick={() => void saveFile(id, file.name, file.size)}
        >
          {percent === undefined ? 'Save' : `${percent} %`}
        </button>
      )}
      {canStop && (
        <button type="button" class="button button-quiet" onClick={() => void withdrawFile(id)}>
          Take it back
        </button>
      )}
    </div>
  );
}
