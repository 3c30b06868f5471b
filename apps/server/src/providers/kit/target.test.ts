import { describe, expect, it } from 'vitest';
import { reachOf, readTarget } from './target.ts';

const use = { remedy: 'Start it.', address_remedy: 'Look at the address.' };
const read = (host: string | undefined, api_key?: string) =>
  readTarget({ id: 'p', type: 'openai', host, api_key }, use);

describe('where a provider is', () => {
  it.each([
    ['http://127.0.0.1:1234/v1', 'http://127.0.0.1:1234', '/v1', '127.0.0.1:1234'],
    ['http://127.0.0.1:1234/v1//', 'http://127.0.0.1:1234', '/v1', '127.0.0.1:1234'],
    ['localhost:11434', 'http://localhost:11434', '', 'localhost:11434'],
    ['https://api.example.com/openai/v1', 'https://api.example.com', '/openai/v1', 'api.example.com:443'],
    [' http://[::1]:8080 ', 'http://[::1]:8080', '', '[::1]:8080'],
  ])('[LC-008] %s', (host, origin, base_path, shown) => {
    expect(read(host)).toMatchObject({ origin, base_path, host: shown });
  });

  it.each([
    [undefined, /no host/],
    ['', /no host/],
    ['http://', /not a web address/],
    ['ftp://example.com', /not a web address/],
    ['http://name:word@example.com', /password inside its host/],
  ])('[LC-011] %s is refused with a reason', (host, reason) => {
    expect(() => read(host)).toThrow(reason);
    expect(() => read(host)).toThrow(/The provider "p"/);
  });

  it('[LC-011] a key that cannot be sent is refused without being shown', () => {
    expect(() => read('http://localhost', 'two words\n')).toThrow(/api_key/);
    expect(() => read('http://localhost', 'two words')).not.toThrow(/two words/);
    expect(read('http://localhost', '  sk-1234  ').secret).toBe('sk-1234');
    expect(read('http://localhost', '').secret).toBeNull();
  });

  it.each([
    ['localhost', 'loopback'],
    ['app.localhost', 'loopback'],
    ['127.8.9.1', 'loopback'],
    ['[::1]', 'loopback'],
    ['10.1.2.3', 'private'],
    ['192.168.0.9', 'private'],
    ['172.20.0.2', 'private'],
    ['100.101.1.1', 'private'],
    ['[fd12:3456::1]', 'private'],
    ['ollama', 'private'],
    ['host.docker.internal', 'private'],
    ['box.local', 'private'],
    ['172.32.0.1', 'public'],
    ['api.openai.com', 'public'],
    ['127.0.0.1.example.com', 'public'],
    ['[2001:db8::1]', 'public'],
  ])('[U4] %s is %s', (name, reach) => {
    expect(reachOf(name)).toBe(reach);
  });
});
