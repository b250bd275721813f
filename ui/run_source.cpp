// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording as the views see it.
#include "ui/run_source.h"

#include <QScopedValueRollback>

#include <utility>

namespace migscope {
namespace {

SourceId nextId() {
    static SourceId last = 0; // GUI thread only
    return ++last;
}

/// A look within a look waits for its own lock, for ever where the recorder is at work: never only now and
/// then.
RunSource::Look guarded(RunSource::Look look) {
    return [look = std::move(look)](const std::function<void(const Recording&)>& see) {
        static thread_local bool inside = false;
        Q_ASSERT_X(!inside, "RunSource::look", "within another look");
        const QScopedValueRollback<bool> guard(inside, true);
        look(see);
    };
}

} // namespace

RunSource::RunSource(QString name, QString path, Look look, bool growing)
    : id_(nextId())
    , name_(std::move(name))
    , path_(std::move(path))
    , look_(guarded(std::move(look)))
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
