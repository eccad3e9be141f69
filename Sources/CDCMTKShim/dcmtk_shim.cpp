// SPDX-License-Identifier: Apache-2.0
#include "dcmtk_shim.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/appender.h>
#include <dcmtk/oflog/oflog.h>
#include <dcmtk/oflog/spi/logevent.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include <guard.h>
#include <zlib.h>

namespace {

/// The first warning or error that DCMTK logged in the running call.
thread_local std::string logged;

/// Keeps DCMTK's words from standard error, and the first of them for the caller: damaged entropy
/// codes are reported nowhere else.
class Listener : public dcmtk::log4cplus::Appender {
  public:
    ~Listener() override { destructorImpl(); }
    void close() override {}

  protected:
    void append(const dcmtk::log4cplus::spi::InternalLoggingEvent &event) override {
        if (logged.empty()) logged = event.getMessage().c_str();
    }
};

/// Silences DCMTK and registers its codecs, once.
void prepare() {
    static std::once_flag once;
    std::call_once(once, [] {
        dcmtk::log4cplus::Logger root = dcmtk::log4cplus::Logger::getRoot();
        root.removeAllAppenders();
        root.addAppender(dcmtk::log4cplus::SharedAppenderPtr(new Listener));
        root.setLogLevel(dcmtk::log4cplus::WARN_LOG_LEVEL);
        DJDecoderRegistration::registerCodecs(EDC_never, EUC_never);
        DJLSDecoderRegistration::registerCodecs();
    });
}

void say(dcm_message *why, const char *text) {
    if (why) std::snprintf(why->text, sizeof why->text, "%s", text);
}

/// The one place where C++ stops: no exception leaves `body`.
template <typename Body> dcm_status guarded(dcm_message *why, Body &&body) noexcept {
    try {
        if (why) why->text[0] = 0;
        return body();
    } catch (const std::bad_alloc &) {
        return DCM_NO_MEMORY;
    } catch (const std::exception &error) {
        say(why, error.what());
        return DCM_DAMAGED;
    } catch (...) {
        say(why, "unknown C++ exception");
        return DCM_DAMAGED;
    }
}

/// Adds a 16-bit attribute without a look into the data dictionary.
void put(DcmItem &item, const DcmTagKey &key, Uint16 value) {
    auto element = std::make_unique<DcmUnsignedShort>(DcmTag(key, DcmVR(EVR_US)));
    element->putUint16(value);
    if (item.insert(element.get()).good()) element.release();
}

/// Calls a codec; an assertion that fails in it is an error like any other.
OFCondition decode(const DcmXfer &syntax, DcmPixelSequence &sequence, DcmDataset &dataset, void *out,
                   Uint32 frame_bytes) {
    OFCondition result = EC_CorruptedData;
    OFString color_model;
    bool is_out_of_memory = false;
    auto call = [&] {
        // Nothing may be thrown through C.
        try {
            Uint32 first_fragment = 1;
            result = DcmCodecList::decodeFrame(syntax, nullptr, &sequence, &dataset, 0, first_fragment, out,
                                               frame_bytes, color_model);
        } catch (const std::bad_alloc &) {
            is_out_of_memory = true;
        } catch (const std::exception &error) {
            logged = error.what();
        } catch (...) {
            logged = "unknown C++ exception";
        }
    };
    char assertion[128];
    if (!guard_call([](void *context) { (*static_cast<decltype(call) *>(context))(); }, &call, assertion,
                    sizeof assertion)) {
        logged = assertion;
        return EC_CorruptedData;
    }
    return is_out_of_memory ? EC_MemoryExhausted : result;
}

} // namespace

dcm_status dcm_decode_frame(const char *transfer_syntax, uint16_t rows, uint16_t columns, uint16_t bits,
                            const uint8_t *codestream, size_t count, void *out, size_t capacity,
                            dcm_message *why) {
    return guarded(why, [&] {
        prepare();
        logged.clear();
        const size_t frame_bytes = size_t(rows) * columns * (bits / 8);
        if (frame_bytes > capacity || frame_bytes >= 0xFFFFFFFFu || count >= 0xFFFFFFF0u) return DCM_TOO_LARGE;

        DcmDataset dataset;
        put(dataset, DCM_SamplesPerPixel, 1);
        put(dataset, DCM_Rows, rows);
        put(dataset, DCM_Columns, columns);
        put(dataset, DCM_BitsAllocated, bits);
        put(dataset, DCM_BitsStored, bits);
        put(dataset, DCM_HighBit, Uint16(bits - 1));
        put(dataset, DCM_PixelRepresentation, 0);
        auto gray = std::make_unique<DcmCodeString>(DcmTag(DCM_PhotometricInterpretation, DcmVR(EVR_CS)));
        gray->putOFStringArray("MONOCHROME2");
        if (dataset.insert(gray.get()).good()) gray.release();

        // One frame: an empty offset table, then the codestream as one fragment.
        DcmPixelSequence sequence(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
        const DcmTag item_tag{DCM_Item, DcmVR(EVR_OB)};
        sequence.insert(new DcmPixelItem(item_tag));
        auto fragment = std::make_unique<DcmPixelItem>(item_tag);
        if (fragment->putUint8Array(codestream, Uint32(count)).bad()) return DCM_NO_MEMORY;
        if (sequence.insert(fragment.get()).good()) fragment.release();

        const OFCondition result = decode(DcmXfer(transfer_syntax), sequence, dataset, out, Uint32(frame_bytes));
        if (result == EC_CannotChangeRepresentation && logged.empty()) return DCM_UNSUPPORTED;
        if (result == EC_MemoryExhausted) return DCM_NO_MEMORY;
        if (result.bad()) {
            say(why, logged.empty() ? result.text() : logged.c_str());
            return DCM_DAMAGED;
        }
        // Wrong entropy codes are only a warning to the JPEG decoder; samples after them are guesses.
        if (logged.find("Corrupt JPEG data") != std::string::npos) {
            say(why, logged.c_str());
            return DCM_DAMAGED;
        }
        return DCM_OK;
    });
}

dcm_status dcm_inflate(const uint8_t *deflated, size_t count, uint8_t *out, size_t capacity,
                       size_t *produced) {
    *produced = 0;
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return DCM_NO_MEMORY;
    struct End {
        z_stream *stream;
        ~End() { inflateEnd(stream); }
    } end{&stream};
    constexpr size_t step = 1u << 30;
    uint8_t scratch[1 << 14];
    size_t taken = 0;
    for (;;) {
        if (stream.avail_in == 0 && taken < count) {
            const size_t part = std::min(step, count - taken);
            // zlib never writes to its input; the member is not const for old compilers' sake.
            stream.next_in = const_cast<Bytef *>(deflated + taken);
            stream.avail_in = uInt(part);
            taken += part;
        }
        const size_t room = out ? std::min(step, capacity - *produced) : sizeof scratch;
        stream.next_out = out ? out + *produced : scratch;
        stream.avail_out = uInt(room);
        const int result = inflate(&stream, Z_NO_FLUSH);
        *produced += room - stream.avail_out;
        if (*produced > capacity) return DCM_TOO_LARGE;
        if (result == Z_STREAM_END) return DCM_OK;
        if (result == Z_MEM_ERROR) return DCM_NO_MEMORY;
        if (result != Z_OK) return result == Z_BUF_ERROR && room == 0 ? DCM_TOO_LARGE : DCM_DAMAGED;
    }
}

void dcm_look_up(uint16_t group, uint16_t element, char *keyword, size_t capacity, char vr[3]) {
    std::snprintf(keyword, capacity, "%s", "");
    std::snprintf(vr, 3, "%s", "UN");
    (void)guarded(nullptr, [&] {
        prepare();
        const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
        if (const DcmDictEntry *entry = dictionary.findEntry(DcmTagKey(group, element), nullptr)) {
            std::snprintf(keyword, capacity, "%s", entry->getTagName());
            std::snprintf(vr, 3, "%s", entry->getVR().getValidVRName());
        }
        dcmDataDict.rdunlock();
        return DCM_OK;
    });
}

const char *dcm_library_version(void) { return PACKAGE_VERSION; }
