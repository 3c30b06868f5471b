import type { Limits } from '@lightchat/protocol';
import type { ChatEngine } from '../../engine/chat-engine.ts';
import type { Owner } from '../../engine/ports.ts';

/** What a surface over the engine is given. */
export interface SurfaceContext {
  engine: ChatEngine;
  /** The limits in force now. */
  limits(): Limits;
}

/** In local mode everybody who may reach the port is this user. */
export const LOCAL_OWNER: Owner = 'local';
