/** A voice note among the messages: its player, or where it is. */
import type { FileView, MessageView } from '@tacet/api';
import { fromBase64url } from '@tacet/base';
import { useMemo } from 'preact/hooks';
import { fetchFile } from '../state/actions.ts';
import { canPlay, fileWord } from '../words/files.ts';
import { VoicePlayer } from './voice-player.tsx';

interface Props {
  readonly message: MessageView;
  readonly file: FileView;
}

export function VoiceNote({ message, file }: Props) {
  const peaks = useMemo(
    () => (file.peaks === null ? null : fromBase64url(file.peaks)),
    [file.peaks],
  );
  if (canPlay(message, file)) {
    return <VoicePlayer id={message.id} duration={file.duration ?? 0} peaks={peaks} />;
  }
  return (
    <p class="voice-away">
      Voice note, {fileWord(file)}
      {file.state === 'offered' && (
        <button type="button" class="button" onClick={() => void fetchFile(message.id)}>
          Fetch it
        </button>
      )}
    </p>
  );
}
