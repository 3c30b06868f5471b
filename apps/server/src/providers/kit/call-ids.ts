import { randomUUID } from 'node:crypto';

/** The ids of one answer's tool calls: as given, unless none was given or it was given before. */
export class CallIds {
  readonly #taken = new Set<string>();

  take(given: string | undefined): string {
    const id = given === undefined || this.#taken.has(given) ? `call_${randomUUID().replaceAll('-', '')}` : given;
    this.#taken.add(id);
    return id;
  }
}
