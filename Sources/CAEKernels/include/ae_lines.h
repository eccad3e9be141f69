// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LINES_H
#define AE_LINES_H
#include <stddef.h>
#include <stdint.h>
#include "ae_adaptive.h"
#include "ae_latents.h"
#include "ae_wavelet.h"

/// Latents of signals: the pyramid in one dimension, row by row, and the prediction of waveforms that recur.
/// Spec/signals.md. Integers only in decoding.

enum {
    AE_LINE_LEVELS = 15,         ///< levels of a pyramid at most
    AE_LINE_KINDS = 13,          ///< levels that share weights, counted from the coarsest
    AE_LINE_TERMS = 16,          ///< terms of the rule, besides its constant
    AE_TEMPLATES = 8,              ///< waveforms that are remembered
    AE_EVENT_CLASSES = 20,         ///< 16 of times, 4 of what happens
    AE_LINE_CLASSES = AE_LINEAR_CLASSES + AE_LOW_CLASSES + AE_EVENT_CLASSES,
    AE_LINE_ROWS = 256,         ///< rows of a window at most
    AE_EVENT_SKIP = 17,            ///< nothing happens at the event's time
};

/// A waveform that recurs.
typedef struct ae_event {
    int32_t position;    ///< in quarters of a sample from the start of the window
    int8_t source;       ///< the template it is predicted from; -1 for none
    int8_t destination;  ///< the template that learns from it; -1 for none
    int8_t opens;        ///< whether that template starts anew
    uint8_t symbol;      ///< as it is coded
} ae_event;

/// A window of signals, and how it is coded.
typedef struct ae_line_window {
    ae_kernel_level kernels;
    int32_t rows, columns;
    int32_t levels;          ///< 1...AE_LINE_LEVELS
    int32_t predicted;       ///< the finest levels, which are predicted and coded chunk by chunk; 0...levels
    int32_t chunk_exponent;  ///< a chunk has 2^this columns; predicted...16
    int32_t before, after;   ///< columns of a waveform before and after its time
    int32_t is_dependent;
    uint32_t steps[AE_LINE_LEVELS + 1];  ///< of the low band, then by level; units of 2^-8
    /// By what the steps of predicted levels are multiplied in the stretches of time of 2^segment_exponent columns: eighths of
    /// its logarithm to base 2, -64...64. NULL: by nothing.
    const int8_t *segments;
    int32_t segment_exponent;  ///< at least chunk_exponent
    uint8_t shares[AE_LINE_LEVELS + 1];  ///< by level: what of a prediction is taken, in sixteenths
    const ae_lifting *lifting;
    const uint16_t *weights;  ///< by kind, first row or other, and term, the constant last; units of 2^-12
    const ae_event *events;
    int32_t event_count;
} ae_line_window;

/// Bytes of the workspace of a window.
size_t ae_line_work_bytes(const ae_line_window *window);

/// The places of the bands of a line of `columns` values: `starts[0]` is the low band, `starts[l]` level l; returns levels
/// clipped so that no line is divided that has one value.
void ae_line_bands(int32_t columns, int32_t levels, int32_t starts[AE_LINE_LEVELS + 1], int32_t counts[AE_LINE_LEVELS + 1]);

/// Values of the scratch of a line.
static inline size_t ae_line_scratch_count(int32_t columns) { return (size_t)columns + 64; }

/// Divides a line into its bands, in place: low band, then levels from the coarsest to the finest.
void ae_line_analyze(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels,
                     int32_t *scratch);

/// Puts a line together again, down to plane `plane` (0 is the line itself).
void ae_line_synthesize(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels,
                        int32_t plane, int32_t *scratch);

/// Residuals in the streams of their classes, for decoding.
typedef struct ae_line_source {
    ae_streams *streams;
    const uint8_t *stream_of_class;
    const int8_t *centroids;
} ae_line_source;

/// Decodes `count` events. Returns 0, or 1 if a stream ran out or an event makes no sense.
int ae_decode_events(const ae_line_source *source, int32_t before, int32_t columns, int32_t count, ae_event *events);

/// Decodes levels above `predicted` and the low band (`coarse`), then the others (`fine`). `lines` are columns values a
/// row, divided into bands, and `work` is kept from coarse to fine. Returns 0, or 1 if a stream ran out.
int ae_decode_coarse_lines(const ae_line_window *window, const ae_line_source *source, int32_t *lines, void *work);
int ae_decode_fine_lines(const ae_line_window *window, const ae_line_source *source, int32_t *lines, void *work);

/// Residuals of one coder, for decoding and encoding.
typedef struct ae_line_adaptive {
    ae_adaptive *coder;
    const int16_t *residuals;  ///< encoding: those of events, then of latents, in coding order; moves on as they are taken
    const int8_t *centroids;
} ae_line_adaptive;

/// The same by probabilities that learn (Spec/signals.md, section 8). In encoding events and lines receive what a decoder
/// makes of the residuals. Return 0, or 1 if an event makes no sense.
int ae_code_events(ae_line_adaptive *source, int32_t before, int32_t columns, int32_t count, ae_event *events);
int ae_code_coarse_lines(const ae_line_window *window, ae_line_adaptive *source, int32_t *lines, void *work);
int ae_code_fine_lines(const ae_line_window *window, ae_line_adaptive *source, int32_t *lines, void *work);

/// What an encoder finds.
typedef struct ae_line_output {
    int16_t *residuals;
    uint16_t *classes;
    size_t count;
    double *offsets;  ///< as in ae_latent_output
} ae_line_output;

/// A sample of the terms of the rule, for a fit: a random one of `every` latents of each kind and row kind.
typedef struct ae_line_sampling {
    const int32_t *every;  ///< by kind
    float *terms;          ///< capacity x AE_LINE_TERMS a kind and row kind
    float *magnitudes;     ///< doubled magnitudes
    int32_t *counts, *seen;
    int32_t capacity;
} ae_line_sampling;

/// How an encoder chooses templates.
typedef struct ae_event_choice {
    const int32_t *times;  ///< in samples, rising
    int32_t count;
    int32_t reach;         ///< how far an event may be moved, in samples
    float use_below, open_above;  ///< shares of a waveform's energy
    ae_event *events;      ///< what was chosen; room for `count`
} ae_event_choice;

/// Writes the residuals of events.
void ae_encode_events(const ae_event *events, int32_t count, int32_t before, ae_line_output *output);

/// Quantises what ae_decode_coarse_lines and ae_decode_fine_lines decode. `lines` are divided into bands; what a decoder
/// makes of them goes to `decoded`. `smooth` are lines of what is left without coarse levels, for choosing templates; the events
/// that are chosen must be those of the window when the output is decoded.
/// Bytes of the workspace of a trellis.
size_t ae_line_trellis_bytes(const ae_line_window *window);

void ae_quantize_coarse_lines(const ae_line_window *window, const ae_latent_costs *costs, const int32_t *lines,
                               int32_t *decoded, void *work, ae_line_output *output,
                               const ae_line_sampling *sampling);
void ae_quantize_fine_lines(const ae_line_window *window, const ae_latent_costs *costs, const int32_t *lines,
                             const int32_t *smooth, const ae_event_choice *choice, int32_t *decoded, void *work,
                             ae_line_output *output, const ae_line_sampling *sampling, double *products,
                             int32_t *event_count);

#endif
