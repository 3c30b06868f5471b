import { AppError, type ProviderConfig } from '@lightchat/protocol';

/** Where a provider is and how to speak of it. The secret goes into one header and nowhere else. */
export interface Target {
  provider_id: string;
  /** As people know it: the configured name, else the id. */
  name: string;
  origin: string;
  /** Without a trailing slash; empty for the root. */
  base_path: string;
  /** `host:port`, for messages. */
  host: string;
  reach: Reach;
  secret: string | null;
  /** What to try when nothing listens there. */
  remedy: string;
  /** What to try when something else answers there. */
  address_remedy: string;
}

/** `loopback`: this machine. `private`: a network that is not the internet. */
export type Reach = 'loopback' | 'private' | 'public';

export type TargetDefaults = Pick<Target, 'remedy' | 'address_remedy'> & { default_host?: string };

/** Reads `host` and `api_key` of a provider. Throws PROVIDER_UNREACHABLE with what is wrong and what would be right. */
export function readTarget(config: ProviderConfig, use: TargetDefaults): Target {
  const given = config.host?.trim() || use.default_host;
  if (!given) throw misconfigured(config, 'has no host. Set host in settings.yaml, such as https://api.openai.com/v1.');
  const url = parseUrl(given);
  if (!url) {
    throw misconfigured(config, 'has a host that is not a web address. It should look like http://127.0.0.1:11434.');
  }
  if (url.username || url.password) {
    throw misconfigured(config, 'has a user name or password inside its host. Put the key under api_key instead.');
  }
  const secret = config.api_key?.trim() || null;
  if (secret && !/^[\x21-\x7e]+$/.test(secret)) {
    throw misconfigured(config, 'has an api_key with spaces or special characters. Copy the key again.');
  }
  return {
    provider_id: config.id,
    name: config.name?.trim() || config.id,
    origin: url.origin,
    base_path: url.pathname.replace(/\/+$/, ''),
    host: `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`,
    reach: reachOf(url.hostname),
    secret,
    remedy: use.remedy,
    address_remedy: use.address_remedy,
  };
}

function parseUrl(text: string): URL | undefined {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  return url && url.hostname !== '' && /^https?:$/.test(url.protocol) ? url : undefined;
}

function misconfigured(config: ProviderConfig, fault: string): AppError {
  return new AppError('PROVIDER_UNREACHABLE', `The provider "${config.id}" ${fault}`, {
    details: { provider_id: config.id, reason: 'misconfigured' },
  });
}

/** By the look of the name alone: nothing is resolved. */
export function reachOf(hostname: string): Reach {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '0.0.0.0') return 'loopback';
  if (/^127\.\d+\.\d+\.\d+$/.test(name)) return 'loopback';
  if (/^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(name))
    return 'private';
  if (/^f[cd][0-9a-f]{2}:|^fe80:/.test(name)) return 'private';
  if (/\.(local|lan|internal|home|home\.arpa|ts\.net)$/.test(name)) return 'private';
  return name.includes('.') || name.includes(':') ? 'public' : 'private';
}
