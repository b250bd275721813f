// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording as the views see it.
#include "ui/run_source.h"

#include <utility>

namespace migscope {
namespace {

SourceId nextId() {
    static SourceId last = 0; // GUI thread only
    return ++last;
}

} // namespace

RunSource::RunSource(QString name, QString path, Look look, bool growing)
    : id_(nextId())
    , name_(std::move(name))
    , path_(std::move(path))
    , look_(std::move(look))
    , growing_(growing) {}

RunSourcePtr wholeSource(const QString& name, const QString& path,
                         std::shared_ptr<const Recording> recording) {
    return std::make_shared<RunSource>(
        name, path, [whole = std::move(recording)](const auto& see) { see(*whole); }, false);
}

RunSourcePtr liveSource(const QString& name, const QString& path, std::shared_ptr<Recorder> recorder) {
    auto source = std::make_shared<RunSource>(
        name, path, [live = recorder](const auto& see) { live->look(see); }, true);
    source->setMark(
        [live = std::move(recorder)](Ns time, const std::string& text) { live->mark(time, text); });
    return source;
}

} // namespace migscope
