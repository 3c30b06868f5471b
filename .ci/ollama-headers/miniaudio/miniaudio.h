// Ollama's Go module is published without its vendor folder, and Debian has no package of this one header.
// Ollama decodes audio attachments with it. Our tests send text, so here every attempt to decode audio fails.
#pragma once
#include <cstddef>
#include <cstdint>

typedef uint64_t ma_uint64;
enum ma_result { MA_SUCCESS = 0, MA_NOT_IMPLEMENTED = -29 };
enum ma_format { ma_format_f32 = 5 };
struct ma_decoder_config {};
struct ma_decoder {};

static inline ma_decoder_config ma_decoder_config_init(ma_format, uint32_t, uint32_t) { return {}; }
static inline ma_result ma_decoder_init_memory(const void *, size_t, const ma_decoder_config *, ma_decoder *) {
    return MA_NOT_IMPLEMENTED;
}
static inline ma_result ma_decoder_get_length_in_pcm_frames(ma_decoder *, ma_uint64 *) { return MA_NOT_IMPLEMENTED; }
static inline ma_result ma_decoder_read_pcm_frames(ma_decoder *, void *, ma_uint64, ma_uint64 *) {
    return MA_NOT_IMPLEMENTED;
}
static inline void ma_decoder_uninit(ma_decoder *) {}
