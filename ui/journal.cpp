// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording of this session while it is written.
#include "ui/journal.h"

#include <QDateTime>
#include <QDir>

#include <utility>

namespace migscope {

Result<std::shared_ptr<Journal>> Journal::start(Clock& clock, const RecordingHeader& header,
                                                const QString& folder, const QString& word,
                                                const QString& name) {
    QDir().mkpath(folder);
    QString safe = word;
    safe.replace(QLatin1Char('/'), QLatin1Char('_')).replace(QLatin1Char(':'), QLatin1Char('-'));
    QString path = QDir(folder).filePath(
        QStringLiteral("%1-%2.migrec")
            .arg(QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz")), safe));
    std::shared_ptr<Journal> journal(new Journal());
    Recorder::Options options;
    options.path = path.toStdString();
    auto recorder = Recorder::start(clock, header, options);
    if (!recorder) {
        journal->openError_ = recorder.error();
        path.clear();
        recorder = Recorder::start(clock, header, {});
    }
    if (!recorder)
        return std::unexpected(recorder.error());
    journal->recorder_ = std::move(*recorder);
    journal->source_ = liveSource(name, path, journal->recorder_);
    return journal;
}

void Journal::watchKernelLog(Backend& backend, std::vector<LogSubject> devices) {
    auto watch = feedKernelLog(backend, std::move(devices), recorder_->sink());
    if (watch)
        logWatch_ = std::move(*watch);
    else
        logError_ = watch.error();
}

void Journal::sayWhatIsMissing(Ns now) {
    if (const auto error = std::exchange(logError_, std::nullopt))
        recorder_->sink().push(kernelLogMissing(now, *error));
}

Journal::News Journal::news() {
    News news;
    news.first = events_;
    std::size_t samples = 0;
    recorder_->look([&](const Recording& recording) {
        const auto& all = recording.events();
        for (std::size_t at = events_; at < all.size(); ++at)
            news.events.push_back(all[at]);
        for (const auto& [stream, columns] : recording.samples())
            samples += columns.size();
    });
    events_ += news.events.size();
    news.grew = !news.events.empty() || samples != samples_;
    samples_ = samples;
    return news;
}

bool Journal::hasEvents() const {
    bool any = false;
    recorder_->look([&](const Recording& recording) { any = !recording.events().empty(); });
    return any;
}

std::optional<Error> Journal::error() {
    if (errorTold_)
        return std::nullopt;
    const auto error = openError_ ? openError_ : recorder_->writeError();
    errorTold_ = error.has_value();
    return error;
}

} // namespace migscope
