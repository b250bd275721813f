// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording as the views see it: of this session and live, of a file, of a file that still grows.
#pragma once

#include <QString>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/transfer/recorder.h"
#include "core/transfer/recording.h"

namespace migscope {

/// The number of a source in this process, from 1; never used again.
using SourceId = int;

/// Lives in the GUI thread. Views hold it and look into it; nobody copies a recording.
class RunSource {
public:
    using Look = std::function<void(const std::function<void(const Recording&)>&)>;
    using Mark = std::function<void(Ns, const std::string&)>;
    /// `path` is empty for one that is in memory only. `growing`: more events may come.
    RunSource(QString name, QString path, Look look, bool growing);
    RunSource(const RunSource&) = delete;
    RunSource& operator=(const RunSource&) = delete;
    ~RunSource() = default;

    [[nodiscard]] SourceId id() const { return id_; }
    [[nodiscard]] const QString& name() const { return name_; }
    [[nodiscard]] const QString& path() const { return path_; }
    void setPath(const QString& path) { path_ = path; }
    [[nodiscard]] bool growing() const { return growing_; }
    void setGrowing(bool growing) { growing_ = growing; }
    /// Takes a person's notes: it is (or was) recorded here.
    void setMark(Mark mark) { mark_ = std::move(mark); }
    [[nodiscard]] bool recordedHere() const { return mark_ != nullptr; }
    /// Only of one that is recorded here.
    void mark(Ns time, const std::string& text) const { mark_(time, text); }
    /// Calls `see` at once, in this thread, under the lock of whoever writes the recording: it must be quick,
    /// take no other lock, keep no reference, and copy what it needs. *Thread-safe*: saving looks from a
    /// thread of its own.
    void look(const std::function<void(const Recording&)>& see) const { look_(see); }

private:
    SourceId id_;
    QString name_;
    QString path_;
    Look look_;
    Mark mark_;
    bool growing_;
};
using RunSourcePtr = std::shared_ptr<RunSource>;

[[nodiscard]] RunSourcePtr wholeSource(const QString& name, const QString& path,
                                       std::shared_ptr<const Recording> recording);
/// Of a recorder at work; stays valid after its finish(), which the caller tells by setGrowing(false).
[[nodiscard]] RunSourcePtr liveSource(const QString& name, const QString& path,
                                      std::shared_ptr<Recorder> recorder);

} // namespace migscope
