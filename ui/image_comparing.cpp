// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Compares two saved states outside the GUI thread.
#include "ui/image_comparing.h"

#include <expected>
#include <functional>
#include <utility>

namespace migscope {
namespace {

using Step = std::function<bool(ImageComparing::Stage, std::uint64_t, std::uint64_t)>;

/// The path whose file is at fault, and why.
using AtFault = std::unexpected<std::pair<QString, Error>>;

std::expected<std::shared_ptr<const ComparedImages>, std::pair<QString, Error>>
compare(const QString& pathA, const QString& pathB, const Step& step) {
    const auto found = std::make_shared<ComparedImages>();
    found->pathA = pathA;
    found->pathB = pathB;
    std::unique_ptr<ImageReader> readers[2];
    for (const bool second : {false, true}) {
        const QString& path = second ? pathB : pathA;
        // What is looked into later is what is read now: the first refuses a file that changed since.
        auto bytes = ImageBytes::open(path.toStdString());
        if (!bytes)
            return AtFault(std::pair(path, std::move(bytes.error())));
        (second ? found->b : found->a) = std::move(*bytes);
        auto reader = ImageReader::open(path.toStdString(), [&](std::uint64_t done, std::uint64_t total) {
            return step(second ? ImageComparing::Stage::VerifyB : ImageComparing::Stage::VerifyA, done,
                        total);
        });
        if (!reader)
            return AtFault(std::pair(path, std::move(reader.error())));
        readers[second ? 1 : 0] = std::move(*reader);
    }
    auto diff = diffImages(*readers[0], *readers[1], [&](std::uint64_t done, std::uint64_t total) {
        return step(ImageComparing::Stage::Compare, done, total);
    });
    if (!diff) {
        const bool second = diff.error().where == pathB.toStdString();
        return AtFault(std::pair(second ? pathB : pathA, std::move(diff.error())));
    }
    found->diff = std::move(*diff);
    return found;
}

} // namespace

ImageComparing::ImageComparing(QObject* parent) : QObject(parent), postbox_(this) {}

ImageComparing::~ImageComparing() {
    postbox_.close();
    if (cancel_)
        *cancel_ = true;
}

void ImageComparing::start(const QString& a, const QString& b) {
    if (cancel_)
        *cancel_ = true;
    const auto isCancelled = std::make_shared<std::atomic<bool>>(false);
    cancel_ = isCancelled;
    background_.run([this, postbox = postbox_, isCancelled, a, b] {
        Pace pace;
        const auto found = compare(a, b, [&](Stage stage, std::uint64_t done, std::uint64_t total) {
            if (pace.due())
                postbox.post([this, isCancelled, stage, done, total] {
                    if (cancel_ == isCancelled)
                        emit progress(stage, done, total);
                });
            return !*isCancelled;
        });
        postbox.post([this, isCancelled, found] {
            if (cancel_ != isCancelled)
                return; // another one was started
            cancel_.reset();
            if (found)
                emit done(*found);
            else
                emit failed(found.error().first, found.error().second);
        });
    });
}

void ImageComparing::cancel() {
    if (!cancel_)
        return;
    *cancel_ = true;
    cancel_.reset(); // a disk that does not answer holds up nobody
    emit cancelled();
}

} // namespace migscope
