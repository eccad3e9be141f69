// SPDX-License-Identifier: Apache-2.0
#include "png_shim.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything of one call that must outlive a longjmp.
typedef struct job {
    png_structp png;
    png_infop info;
    png_message *why;
    // reading
    const uint8_t *bytes;
    size_t left;
    // writing
    uint8_t *out;
    size_t used, size;
    int out_of_memory;
    // scratch
    png_bytep *row_pointers;
    uint8_t *row;
} job;

static void on_error(png_structp png, png_const_charp text) {
    job *j = png_get_error_ptr(png);
    if (j->why) snprintf(j->why->text, sizeof j->why->text, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void on_read(png_structp png, png_bytep target, size_t count) {
    job *j = png_get_io_ptr(png);
    if (count > j->left) png_error(png, "the file ends early");
    memcpy(target, j->bytes, count);
    j->bytes += count;
    j->left -= count;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
    job *j = png_get_io_ptr(png);
    if (count > j->size - j->used) {
        size_t size = j->size + j->size / 2 + count + 65536;
        uint8_t *out = realloc(j->out, size);
        if (!out) {
            j->out_of_memory = 1;
            png_error(png, "out of memory");
        }
        j->out = out;
        j->size = size;
    }
    memcpy(j->out + j->used, source, count);
    j->used += count;
}

static void on_flush(png_structp png) { (void)png; }

static void finish_reading(job *j) {
    png_destroy_read_struct(&j->png, &j->info, NULL);
    free(j->row_pointers);
}

/// Opens a PNG; on failure `j` is released.
static png_shim_status start_reading(job *j, const uint8_t *bytes, size_t count, png_message *why) {
    memset(j, 0, sizeof *j);
    j->why = why;
    j->bytes = bytes;
    j->left = count;
    if (why) why->text[0] = 0;
    j->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, j, on_error, on_warning);
    if (!j->png) return PNG_SHIM_NO_MEMORY;
    j->info = png_create_info_struct(j->png);
    if (!j->info) {
        finish_reading(j);
        return PNG_SHIM_NO_MEMORY;
    }
    png_set_read_fn(j->png, j, on_read);
    // Only transparency matters of the ancillary chunks; text and profiles may hold bombs.
    png_set_keep_unknown_chunks(j->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    return PNG_SHIM_OK;
}

png_shim_status png_shim_header(const uint8_t *bytes, size_t count, png_header *header, png_message *why) {
    job j;
    png_shim_status status = start_reading(&j, bytes, count, why);
    if (status != PNG_SHIM_OK) return status;
    if (setjmp(png_jmpbuf(j.png))) {
        finish_reading(&j);
        return PNG_SHIM_DAMAGED;
    }
    png_read_info(j.png, j.info);
    header->rows = png_get_image_height(j.png, j.info);
    header->columns = png_get_image_width(j.png, j.info);
    header->bit_depth = png_get_bit_depth(j.png, j.info);
    header->color_type = png_get_color_type(j.png, j.info);
    header->has_transparency = png_get_valid(j.png, j.info, PNG_INFO_tRNS) ? 1 : 0;
    finish_reading(&j);
    return PNG_SHIM_OK;
}

png_shim_status png_shim_read(const uint8_t *bytes, size_t count, uint16_t *out, size_t capacity,
                              png_message *why) {
    job j;
    png_shim_status status = start_reading(&j, bytes, count, why);
    if (status != PNG_SHIM_OK) return status;
    if (setjmp(png_jmpbuf(j.png))) {
        finish_reading(&j);
        return PNG_SHIM_DAMAGED;
    }
    png_read_info(j.png, j.info);
    const size_t rows = png_get_image_height(j.png, j.info);
    const size_t columns = png_get_image_width(j.png, j.info);
    const int depth = png_get_bit_depth(j.png, j.info);
    if (png_get_color_type(j.png, j.info) != PNG_COLOR_TYPE_GRAY || depth < 8 || rows * columns != capacity)
        png_error(j.png, "unexpected header");
    const uint16_t one = 1;
    if (depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(j.png);
    png_set_interlace_handling(j.png);
    png_read_update_info(j.png, j.info);
    if (png_get_rowbytes(j.png, j.info) != columns * (size_t)(depth / 8)) png_error(j.png, "unexpected row size");

    j.row_pointers = malloc(rows * sizeof *j.row_pointers);
    if (!j.row_pointers) {
        finish_reading(&j);
        return PNG_SHIM_NO_MEMORY;
    }
    // Rows of bytes go to the upper half of their samples, and are spread from there.
    for (size_t row = 0; row < rows; row++)
        j.row_pointers[row] = (png_bytep)(out + row * columns) + (depth == 8 ? columns : 0);
    png_read_image(j.png, j.row_pointers);
    png_read_end(j.png, NULL);
    if (depth == 8) {
        for (size_t row = 0; row < rows; row++) {
            const uint8_t *source = j.row_pointers[row];
            for (size_t column = 0; column < columns; column++) out[row * columns + column] = source[column];
        }
    }
    finish_reading(&j);
    return PNG_SHIM_OK;
}

static void finish_writing(job *j) {
    png_destroy_write_struct(&j->png, &j->info);
    free(j->row);
}

png_shim_status png_shim_write(const png_header *header, const uint16_t *samples, size_t sample_count,
                               uint8_t **out, size_t *out_count, png_message *why) {
    job j;
    memset(&j, 0, sizeof j);
    j.why = why;
    if (why) why->text[0] = 0;
    *out = NULL;
    *out_count = 0;
    const size_t columns = header->columns;
    const size_t bytes = header->bit_depth / 8;
    if (sample_count != header->rows * columns) return PNG_SHIM_DAMAGED;
    j.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning);
    if (!j.png) return PNG_SHIM_NO_MEMORY;
    j.info = png_create_info_struct(j.png);
    j.row = malloc(columns * bytes);
    if (!j.info || !j.row) {
        finish_writing(&j);
        return PNG_SHIM_NO_MEMORY;
    }
    if (setjmp(png_jmpbuf(j.png))) {
        finish_writing(&j);
        free(j.out);
        return j.out_of_memory ? PNG_SHIM_NO_MEMORY : PNG_SHIM_DAMAGED;
    }
    png_set_write_fn(j.png, &j, on_write, on_flush);
    png_set_IHDR(j.png, j.info, header->columns, header->rows, header->bit_depth, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(j.png, j.info);
    for (uint32_t row = 0; row < header->rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            const uint16_t value = samples[row * columns + column];
            if (bytes == 1) {
                j.row[column] = (uint8_t)value;
            } else {
                j.row[2 * column] = (uint8_t)(value >> 8);
                j.row[2 * column + 1] = (uint8_t)value;
            }
        }
        png_write_row(j.png, j.row);
    }
    png_write_end(j.png, NULL);
    finish_writing(&j);
    *out = j.out;
    *out_count = j.used;
    return PNG_SHIM_OK;
}

void png_shim_free(uint8_t *bytes) { free(bytes); }
