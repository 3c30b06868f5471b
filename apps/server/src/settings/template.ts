/** What settings.yaml says on a first start, and what is in force while there is no good file. */
export const SETTINGS_TEMPLATE = `# LightChat settings. Saved changes are in force at once, no restart needed.
# A mistake never stops LightChat: the last good settings stay in force, and GET /health names the line.

# Where a chat goes that names no provider.
# null: the first provider below that is ready, the demo when none is.
default_provider: null

# Chats are logged as JSON lines. log_dir: null is the log folder of the operating system.
log_dir: null
logging_enabled: true
logging: { max_files: 5, max_bytes: 10485760 }

# Tries after the first one, only while no answer has begun.
retry: { attempts: 1, delay_ms: 2000 }

# Who gives a new conversation its title: a model, as provider_id/model_id. null: the first words are the title.
titles: { model: null }

# Exact origins that may call from a browser, such as https://chat.example.org. None by default.
cors_origins: []

# Types: ollama, openai (any OpenAI-compatible server), demo (scripted, needs nothing).
# A provider may also have: system_prompt, default_model, context_length (Ollama: tokens to reserve), and
#   fallbacks: [ollama_local/llama3.2, demo/demo]      # who answers, in this order, when it fails before its first word
#   models: { some-model: { fallbacks: [demo/demo] } } # the same for single models
# \${NAME} takes a host or a key from the environment.
providers:
  - id: ollama_local
    type: ollama
    host: http://127.0.0.1:11434
    name: Ollama on this machine
  - id: lm_studio
    type: openai
    host: http://127.0.0.1:1234/v1
    name: LM Studio on this machine
  - id: llama_cpp
    type: openai
    host: http://127.0.0.1:8080/v1
    name: llama.cpp on this machine
  - id: openai
    type: openai
    host: https://api.openai.com/v1
    name: OpenAI
    api_key: \${OPENAI_API_KEY}
  - id: demo
    type: demo
    name: Demo

# Bounds of this server, with their defaults.
# limits:
#   active_runs: 10000          # answers being made at the same time
#   event_bytes: 1048576        # one event from a provider
#   output_bytes: 4194304       # text of one answer
#   headers_local_ms: 120000    # wait for a local provider to begin (it may be loading the model)
#   headers_remote_ms: 30000
#   idle_ms: 60000              # silence between two events of a provider
#   run_ms: 1800000             # one answer, in all
#   heartbeat_ms: 15000
#   viewer_bytes: 262144        # how far a slow viewer may fall behind before it has to reconnect
`;
