// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of a host session: begun, followed while they grow, finished outside the GUI thread.
#include <QFile>

#include <utility>

#include "ui/host_parts.h"
#include "ui/words.h"

namespace migscope {

RunSourcePtr HostSession::source(const std::string& device) const {
    const auto found = opened_.find(device);
    return found == opened_.end() ? nullptr : found->second->journal->source();
}

RunSourcePtr HostSession::growingSource(SourceId id) const {
    const auto found = growing_.find(id);
    return found == growing_.end() ? nullptr : found->second;
}

RecordingHeader HostSession::headerFor(const std::vector<std::string>& devices) const {
    std::vector<RecordedDevice> recorded;
    for (const std::string& device : devices) {
        if (const Device* known = topology_ ? topology_->find(device) : nullptr; known != nullptr) {
            recorded.push_back(recordedDevice(*known, capabilities(device)));
        } else {
            recorded.emplace_back();
            recorded.back().name = device;
        }
    }
    RecordingHeader header = makeHeader(backend_->clock(), backend_->simulated(), std::move(recorded));
    if (topology_) {
        header.hostName = topology_->host.hostName;
        header.kernel = topology_->host.kernelRelease;
    }
    return header;
}

Result<std::shared_ptr<Journal>> HostSession::startJournal(const RecordingHeader& header,
                                                           const std::string& device, const QString& word,
                                                           const QString& name) {
    auto journal = Journal::start(backend_->clock(), header,
                                  stateFolder_ + QStringLiteral("/migscope/journals"), word, name);
    // No journal is no reason to lose the session: it is said, and the events stay in memory.
    if (journal) {
        if (const auto error = (*journal)->error())
            emit journalFailed(device, *error);
        std::vector<LogSubject> subjects;
        for (const RecordedDevice& recorded : header.devices) {
            const Device* known = topology_ ? topology_->find(recorded.name) : nullptr;
            subjects.push_back(known != nullptr ? logSubject(*known)
                                                : LogSubject{recorded.name, recorded.driver, {}});
        }
        (*journal)->watchKernelLog(*backend_, std::move(subjects));
    }
    return journal;
}

bool HostSession::follow(Journal& journal, bool begun, const std::string& device) {
    const RunSourcePtr& source = journal.source();
    if (!journal.announced) {
        // A device that did not come open leaves no recording, unless it said something.
        if (!begun && !journal.hasEvents())
            return false;
        journal.announced = true;
        journal.sayWhatIsMissing(now());
        growing_[source->id()] = source;
        emit sourceAdded(source);
    }
    const Journal::News news = journal.news();
    if (!news.events.empty())
        emit eventsArrived(source->id(), news.first, news.events);
    if (news.grew)
        emit sourceGrew(source->id());
    if (const auto error = journal.error())
        emit journalFailed(device, *error);
    return news.grew;
}

void HostSession::finishInBackground(const std::shared_ptr<Journal>& journal, bool keep,
                                     const std::string& device) {
    // The backend too: its clock must outlive the recorder's thread, also when a disk does not answer.
    background_.run([watch = std::shared_ptr(journal->takeLogWatch()), recorder = journal->recorder(),
                     path = journal->path(), journal, keep, device, backend = backend_, postbox = postbox_,
                     this]() mutable {
        watch.reset();
        static_cast<void>(recorder->finish()); // what failed stands in the journal's error()
        if (!keep) {
            QFile::remove(path); // nothing happened: the device could not be opened, the run did not begin
            return;
        }
        postbox.post([this, journal, device] { onFinished(journal, device); });
    });
}

void HostSession::onFinished(const std::shared_ptr<Journal>& journal, const std::string& device) {
    const RunSourcePtr& source = journal->source();
    static_cast<void>(follow(*journal, true, device)); // what came since it was last looked at
    source->setGrowing(false);
    growing_.erase(source->id());
    emit sourceEnded(source->id());
    if (run_ && !run_->running && run_->source == source) {
        source->look([this](const Recording& recording) { takeFigures(recording); });
        emit runChanged();
    }
}

} // namespace migscope
