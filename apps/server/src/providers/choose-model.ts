import type { ModelInfo } from '@lightchat/protocol';

/** Lists hold more than chat models, and name what is not only by its id. */
const NOT_FOR_CHAT = /(^|[-_/.])(embed\w*|whisper|tts|dall-e|moderation|rerank\w*|transcribe|realtime)([-_/.:\d]|$)/i;

/** The first model of a list that can chat; the first of all when none looks like it. */
export function chooseModel(models: readonly ModelInfo[]): string | undefined {
  return (models.find(canChat) ?? models[0])?.id;
}

function canChat({ id, capabilities }: ModelInfo): boolean {
  if (capabilities?.includes('embedding') && !capabilities.includes('completion')) return false;
  return !NOT_FOR_CHAT.test(id);
}
