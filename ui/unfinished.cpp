// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Journals that ended without their summary, told in words.
#include "ui/unfinished.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QSettings>
#include <QStringList>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/unique_fd.h"
#include "core/transfer/journal_file.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/run_metrics.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr std::uint64_t readWhole = 256U << 20U;
constexpr std::uint64_t headBytes = 1U << 20U;
constexpr std::uint64_t tailBytes = 16U << 20U; // the longest line of a recording
constexpr std::size_t blockBytes = 1U << 20U;

const QString dismissedKey = QStringLiteral("recordings/dismissed");

QString tr(const char* text) {
    return QCoreApplication::translate("unfinished", text);
}

/// The little that must be kept of a journal to say how it ended. Samples are left out: they are nearly all
/// of a large one, and say nothing here.
class UnderWay {
public:
    void take(std::string_view line) {
        if (line.substr(0, 64).find("\"kind\":\"samples\"") != std::string_view::npos) {
            events_ = true;
            return;
        }
        auto parsed = parseRecordingLine(line, !header_, {});
        if (!parsed) // what a crash of the machine tore; what stands behind it still counts
            return;
        if (auto* header = std::get_if<RecordingHeader>(&*parsed))
            header_ = std::move(*header);
        else if (const auto* event = std::get_if<Event>(&*parsed))
            apply(*event);
        else
            finished_ = true;
    }
    [[nodiscard]] bool hasHeader() const { return header_.has_value(); }
    [[nodiscard]] bool unfinished() const { return header_ && events_ && !finished_; }
    [[nodiscard]] QString words(const QDateTime& when) const;

private:
    void apply(const Event& event);
    [[nodiscard]] QString name(std::optional<int> device) const;
    [[nodiscard]] QString runWords() const;
    [[nodiscard]] QString planWords(const Plan& plan) const;
    [[nodiscard]] QString phaseWords(const RunMetrics& run) const;
    [[nodiscard]] const event::ArcBegin* pending(std::optional<int> device) const {
        const auto found = device ? pending_.find(*device) : pending_.end();
        return found == pending_.end() ? nullptr : &found->second;
    }

    std::optional<RecordingHeader> header_;
    bool events_ = false;
    bool finished_ = false;
    MetricsFold fold_;
    std::optional<int> run_; ///< the one that did not end
    std::map<int, event::ArcBegin> pending_;
    std::map<int, std::optional<MigState>> states_;
};

void UnderWay::apply(const Event& event) {
    events_ = true;
    finished_ = false; // the summary is the last line or none
    fold_.apply(event);
    if (event.run)
        run_ = event.run;
    if (const auto* ended = std::get_if<event::RunEnd>(&event.body)) {
        run_.reset();
        for (const auto& [device, state] : ended->states)
            states_[device] = state;
    }
    if (!event.device)
        return;
    if (const auto* begun = std::get_if<event::ArcBegin>(&event.body)) {
        pending_[*event.device] = *begun;
    } else if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
        pending_.erase(*event.device);
        states_[*event.device] =
            arc->errnoValue == 0 && arc->error.empty() ? std::optional(arc->to) : arc->stateAfter;
    } else if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
        if (reset->outcome == "done" || reset->stateAfter)
            states_[*event.device] = reset->stateAfter.value_or(MigState::Running);
    } else if (const auto* moved = std::get_if<event::StateMoved>(&event.body)) {
        states_[*event.device] = moved->found;
    }
}

QString UnderWay::name(std::optional<int> device) const {
    const auto at = static_cast<std::size_t>(device.value_or(-1));
    return device && at < header_->devices.size() ? shortName(header_->devices[at].name) : tr("a device");
}

QString UnderWay::planWords(const Plan& plan) const {
    const PlanPair pair = plan.pairs.empty() ? PlanPair{} : plan.pairs.front();
    const QString kind = shown(planKindWord(plan.kind));
    QString text;
    if (plan.kind == PlanKind::Migrate)
        text = tr("%1 %2 to %3").arg(kind, name(pair.source), name(pair.destination));
    else
        text = tr("%1 %2").arg(kind, name(pair.source ? pair.source : pair.destination));
    if (plan.pairs.size() > 1)
        text += tr(" and %1 more").arg(plan.pairs.size() - 1);
    return text;
}

QString UnderWay::phaseWords(const RunMetrics& run) const {
    const auto open = std::find_if(run.pairs.begin(), run.pairs.end(),
                                   [](const PairMetrics& pair) { return !pair.stamps.t4; });
    if (open == run.pairs.end())
        return tr("after the destination ran");
    const Stamps& stamps = open->stamps;
    const auto in = [](PhaseName phase) { return tr("in %1").arg(shown(phaseWord(phase))); };
    // A call under way counts: the phase begins before it, and its stamp is known only behind it.
    const event::ArcBegin* source = pending(open->pair.source);
    const event::ArcBegin* destination = pending(open->pair.destination);
    if (stamps.t3 || (!open->pair.destination && stamps.t2))
        return in(PhaseName::Resume);
    if (stamps.t2 || (destination != nullptr && destination->from == MigState::Resuming) ||
        !open->pair.source)
        return in(PhaseName::Load);
    if (stamps.t1 || (source != nullptr && source->to == MigState::StopCopy))
        return in(PhaseName::Save);
    if (stamps.t0 || (source != nullptr && isFullyRunning(source->from) && !isFullyRunning(source->to)))
        return in(PhaseName::Stop);
    const auto state = states_.find(*open->pair.source);
    if (state != states_.end() && state->second == MigState::PreCopy)
        return tr("in pre-copy");
    return tr("before the source stopped");
}

QString UnderWay::runWords() const {
    const auto& runs = fold_.runs();
    const auto found =
        std::find_if(runs.rbegin(), runs.rend(), [this](const RunMetrics& run) { return run.run == *run_; });
    if (found == runs.rend() || !found->plan)
        return tr("run %1 had not ended").arg(*run_);
    const std::uint32_t count = std::max(found->plan->runs, header_->plan ? header_->plan->runs : 1U);
    const QString plan = planWords(*found->plan);
    const QString phase = phaseWords(*found);
    return count > 1 ? tr("run %1 of %2 (%3) %4").arg(*run_).arg(count).arg(plan, phase)
                     : tr("%1 %2").arg(plan, phase);
}

QString UnderWay::words(const QDateTime& when) const {
    QStringList parts;
    if (run_)
        parts << runWords();
    for (const auto& [device, arc] : pending_)
        parts << tr("%1: SET %2 had not returned when it ended")
                     .arg(name(device), shown(stateName(arc.combined ? arc.goal : arc.to)));
    if (parts.isEmpty()) {
        for (const auto& [device, state] : states_)
            parts << (state ? tr("%1 stood in %2").arg(name(device), shown(stateName(*state)))
                            : tr("%1 stood in a state that was not known").arg(name(device)));
    }
    if (parts.isEmpty())
        parts << tr("recording of %1").arg(name(header_->devices.empty() ? std::nullopt : std::optional(0)));
    if (header_->simulated)
        parts << tr("simulated");
    return QLocale::c().toString(when, QStringLiteral("d MMM HH:mm")) + QStringLiteral(", ") +
           parts.join(QStringLiteral(", "));
}

/// Calls for each line of [from, to) that ends with a newline, or with the file.
void eachLine(int fd, std::uint64_t from, std::uint64_t to,
              const std::function<void(std::string_view)>& each) {
    std::string rest;
    std::string block(blockBytes, '\0');
    while (from < to) {
        const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), to - from));
        const ssize_t got = ::pread(fd, block.data(), want, static_cast<off_t>(from));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        from += static_cast<std::uint64_t>(got);
        std::string_view fresh = std::string_view(block).substr(0, static_cast<std::size_t>(got));
        for (std::size_t end = fresh.find('\n'); end != std::string_view::npos; end = fresh.find('\n')) {
            rest.append(fresh.substr(0, end));
            each(rest);
            rest.clear();
            fresh.remove_prefix(end + 1);
        }
        if (rest.size() + fresh.size() > tailBytes)
            return; // no recording has such a line
        rest.append(fresh);
    }
    if (!rest.empty())
        each(rest);
}

/// Its last line is a summary: nearly all journals, told without reading them.
bool endsWithSummary(int fd, std::uint64_t size) {
    for (std::uint64_t window = 64U << 10U;; window *= 4) {
        window = std::min({window, size, tailBytes});
        std::string last;
        std::size_t lines = 0;
        eachLine(fd, size - window, size, [&](std::string_view line) {
            ++lines;
            last = line;
        });
        if (lines < 2 && window < std::min(size, tailBytes))
            continue; // only its end is in sight
        const auto parsed = parseRecordingLine(last, false, {});
        return parsed && std::holds_alternative<SummaryLine>(*parsed);
    }
}

} // namespace

std::optional<Unfinished> unfinishedJournal(const QString& path) {
    const UniqueFd file(::open(path.toStdString().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts{};
    if (!file.valid() || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size == 0)
        return std::nullopt;
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (heldByRecorder(file.get()) || endsWithSummary(file.get(), size))
        return std::nullopt;
    UnderWay journal;
    bool first = true;
    const auto take = [&](std::string_view line) {
        if (first || journal.hasHeader())
            journal.take(line);
        first = false;
    };
    if (size <= readWhole) {
        eachLine(file.get(), 0, size, take);
    } else {
        eachLine(file.get(), 0, headBytes, take);
        bool cut = true; // the first line of the tail is the end of one
        eachLine(file.get(), size - tailBytes, size, [&](std::string_view line) {
            if (!std::exchange(cut, false))
                take(line);
        });
    }
    if (!journal.unfinished())
        return std::nullopt;
    const QDateTime when =
        QDateTime::fromMSecsSinceEpoch(facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1'000'000);
    return Unfinished{path, journal.words(when), when};
}

UnfinishedJournals::UnfinishedJournals(QObject* parent) : QObject(parent), postbox_(this) {}

UnfinishedJournals::~UnfinishedJournals() {
    postbox_.close();
}

void UnfinishedJournals::scan(const QString& folder) {
    const QStringList dismissed = QSettings().value(dismissedKey).toStringList();
    background_.run([this, postbox = postbox_, folder, dismissed] {
        const QDir journals(folder);
        QList<Unfinished> all;
        QStringList stillThere;
        const QStringList names = journals.entryList({QStringLiteral("*.migrec")}, QDir::Files);
        for (const QString& name : names) {
            const QString path = journals.absoluteFilePath(name);
            if (dismissed.contains(path))
                stillThere << path;
            else if (auto one = unfinishedJournal(path))
                all << std::move(*one);
        }
        std::sort(all.begin(), all.end(),
                  [](const Unfinished& one, const Unfinished& other) { return one.when > other.when; });
        QStringList gone;
        for (const QString& path : dismissed) {
            if (!stillThere.contains(path) && path.startsWith(journals.absolutePath()))
                gone << path;
        }
        postbox.post([this, all, gone] {
            if (!gone.isEmpty()) { // nobody needs to remember what is no longer there
                QStringList left = QSettings().value(dismissedKey).toStringList();
                for (const QString& path : gone)
                    left.removeAll(path);
                QSettings().setValue(dismissedKey, left);
            }
            emit found(all);
        });
    });
}

void UnfinishedJournals::dismiss(const QString& path) {
    QStringList all = QSettings().value(dismissedKey).toStringList();
    const QString whole = QDir::cleanPath(QDir().absoluteFilePath(path));
    if (!all.contains(whole))
        QSettings().setValue(dismissedKey, all << whole);
}

} // namespace migscope
