import { COMPOSER_ID } from '../features/chat/prompt-input.tsx';
import { navigate } from './route.ts';

export function focusComposer(): void {
  document.getElementById(COMPOSER_ID)?.focus();
}

export function startNewChat(): void {
  navigate('/');
  requestAnimationFrame(focusComposer);
}
