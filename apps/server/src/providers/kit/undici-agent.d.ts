/** One part of undici, by itself: the whole package takes as long to load as the rest of the server. */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}
