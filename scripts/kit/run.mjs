/** Child processes: quiet ones whose output counts only when they fail, and ones that own the terminal. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './project.mjs';

/**
 * Runs to the end with all output collected. Never rejects: a program that cannot start answers code 127.
 * @returns {Promise<{code: number, output: string}>} exit code (128 + signal number when killed), stdout and stderr in order
 */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const done = (code, extra = '') => resolve({ code, output: Buffer.concat(chunks).toString() + extra });
    child.once('error', (error) => done(127, `${program}: ${error.message}\n`));
    child.once('close', (code, signal) => done(exitCode(code, signal)));
  });
}

/**
 * Runs in the foreground: the child has our terminal, gets our signals, and its exit code is the answer.
 * A terminal sends Ctrl+C to the child itself, so it is not sent a second time then.
 */
export function runInForeground(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const settle = (answer) => {
      for (const signal of signals) process.off(signal, forward);
      answer();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => settle(() => resolve(exitCode(code, signal))));
  });
}

function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}
