// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words with which the event log is filtered.
#include "ui/models/event_filter.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <utility>

#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("filter", text);
}

/// "10ms", "1.5s", "300us", "20": milliseconds without a unit.
std::optional<Ns> parseTime(const QString& text) {
    static const QRegularExpression form(QStringLiteral("^([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|min)?$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QString unit = match.captured(2);
    const double scale = unit == QLatin1String("ns")                                   ? 1
                         : unit == QLatin1String("us") || unit == QStringLiteral("µs") ? 1e3
                         : unit == QLatin1String("s")                                  ? 1e9
                         : unit == QLatin1String("min")                                ? 6e10
                                                                                       : 1e6;
    const double value = match.captured(1).toDouble() * scale;
    if (value > 9e18)
        return std::nullopt;
    return Ns{std::llround(value)};
}

std::optional<int> parseErrno(const QString& text) {
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (isNumber && number > 0)
        return number;
    for (int candidate = 1; candidate < 134; ++candidate) {
        if (text.compare(QString::fromStdString(errnoName(candidate)), Qt::CaseInsensitive) == 0)
            return candidate;
    }
    // Second names of the same numbers.
    for (const auto& [other, candidate] :
         {std::pair("ENOTSUP", ENOTSUP), std::pair("EWOULDBLOCK", EWOULDBLOCK)}) {
        if (text.compare(QLatin1String(other), Qt::CaseInsensitive) == 0)
            return candidate;
    }
    return std::nullopt;
}

/// Of FilterSubject::errnoValue: failed, and no errno of the kernel's.
constexpr int failedWithoutErrno = -1;

struct SubjectOf {
    FilterSubject& subject;
    void operator()(const event::ArcBegin& e) const { subject.states = {e.from, e.to}; }
    void operator()(const event::ArcEnd& e) const {
        subject.states = {e.from, e.to};
        if (e.stateAfter)
            subject.states.push_back(*e.stateAfter);
        outcome(e.errnoValue);
        if (e.errnoValue == 0 && !e.error.empty()) {
            subject.errorWord = shown(e.error);
            subject.errnoValue = failedWithoutErrno;
        }
        subject.duration = e.returned - e.called;
    }
    void operator()(const event::Reset& e) const {
        if (e.stateAfter)
            subject.states = {*e.stateAfter};
        outcome(e.errnoValue);
        if (e.errnoValue == 0 && e.outcome != "done")
            subject.errnoValue = failedWithoutErrno;
        subject.duration = e.returned - e.called;
    }
    void operator()(const event::RunEnd& e) const {
        subject.errnoValue = e.outcome == RunOutcome::Failed ? failedWithoutErrno : 0;
    }
    void operator()(const event::Call& e) const {
        outcome(e.errnoValue);
        subject.duration = e.returned - e.called;
    }
    void operator()(const event::Stream& e) const { outcome(e.errnoValue); }
    void operator()(const event::Estimate& e) const { outcome(e.errnoValue); }
    void operator()(const event::Wait& e) const { subject.duration = e.to - e.from; }
    void operator()(const event::StateMoved& e) const {
        for (const auto& state : {e.believed, e.found}) {
            if (state)
                subject.states.push_back(*state);
        }
    }
    template<class Other>
    void operator()(const Other& /*unused*/) const {}

private:
    void outcome(int number) const {
        subject.errnoValue = number;
        if (number != 0)
            subject.errorWord = QString::fromStdString(errnoName(number));
    }
};

} // namespace

FilterSubject filterSubject(const Event& event, const QString& device, const QString& text) {
    FilterSubject subject;
    subject.device = device;
    subject.shortName = shortName(device.toStdString());
    subject.kind =
        std::holds_alternative<event::ArcBegin>(event.body) ? QStringLiteral("arc") : shown(eventKind(event));
    subject.text = text;
    subject.source = shown(event.source);
    subject.run = event.run;
    std::visit(SubjectOf{subject}, event.body);
    return subject;
}

std::vector<EventFilter::Token> EventFilter::tokensOf(const QString& text) {
    std::vector<Token> tokens;
    Token token;
    bool quoted = false;
    const auto isSign = [](const QString& sign) {
        return sign == QLatin1String("-") || sign == QLatin1String("!");
    };
    const auto take = [&] {
        if (!token.text.isEmpty())
            tokens.push_back(token);
        token = {};
    };
    for (const QChar letter : text) {
        if (letter == QLatin1Char('"')) {
            quoted = !quoted;
            if (quoted && !token.phrase && (token.text.isEmpty() || isSign(token.text))) {
                token.phrase = true;
                token.negated = !token.text.isEmpty();
                token.text.clear();
            }
        } else if (letter.isSpace() && !quoted) {
            take();
        } else {
            token.text += letter;
        }
    }
    take();
    return tokens;
}

void EventFilter::addTerm(const Token& token) {
    Term term;
    QString text = token.text;
    if (token.phrase) {
        term.negated = token.negated;
        term.text = text;
        terms_.push_back(term);
        return;
    }
    if (text.size() > 1 && (text.startsWith(QLatin1Char('-')) || text.startsWith(QLatin1Char('!')))) {
        term.negated = true;
        text.remove(0, 1);
    }
    const auto refuse = [&](const QString& why) { errors_ << tr("%1: %2").arg(token.text, why); };
    for (const auto& [sign, field] : {std::pair(">=", Field::AtLeast), std::pair("<=", Field::AtMost),
                                      std::pair(">", Field::Above), std::pair("<", Field::Below)}) {
        if (!text.startsWith(QLatin1String(sign)))
            continue;
        const auto time = parseTime(text.mid(static_cast<int>(std::char_traits<char>::length(sign))));
        if (!time)
            return refuse(tr("a time is wanted, as in >10ms, <2s, >=300us"));
        term.field = field;
        term.time = *time;
        terms_.push_back(term);
        return;
    }
    constexpr std::array fields{std::pair("dev:", Field::Device),  std::pair("kind:", Field::Kind),
                                std::pair("errno:", Field::Errno), std::pair("state:", Field::State),
                                std::pair("run:", Field::Run),     std::pair("src:", Field::Source)};
    for (const auto& [prefix, field] : fields) {
        if (!text.startsWith(QLatin1String(prefix), Qt::CaseInsensitive))
            continue;
        term.field = field;
        term.text = text.mid(static_cast<int>(std::char_traits<char>::length(prefix)));
        if (term.text.isEmpty())
            return refuse(tr("nothing stands behind the colon"));
        if (field == Field::Errno && term.text != QLatin1String("*")) {
            const auto number = parseErrno(term.text);
            if (!number)
                return refuse(tr("there is no such errno; a name, a number, or * for any failure"));
            term.number = *number;
        } else if (field == Field::State) {
            const auto state = parseState(term.text.toUpper().toStdString());
            if (!state)
                return refuse(tr("there is no such state; as in STOP_COPY"));
            term.state = *state;
        } else if (field == Field::Run) {
            bool isNumber = false;
            term.number = term.text.toInt(&isNumber);
            if (!isNumber || term.number < 1)
                return refuse(tr("runs are counted from 1"));
        }
        terms_.push_back(term);
        return;
    }
    term.text = text;
    terms_.push_back(term);
}

EventFilter EventFilter::parse(const QString& text) {
    EventFilter filter;
    for (const Token& token : tokensOf(text))
        filter.addTerm(token);
    return filter;
}

bool EventFilter::holds(const Term& term, const FilterSubject& subject) {
    const auto has = [&](const QString& in) { return in.contains(term.text, Qt::CaseInsensitive); };
    switch (term.field) {
    case Field::Word:
        return has(subject.device) || has(subject.kind) || has(subject.text) || has(subject.shortName);
    case Field::Device:
        return has(subject.device) || has(subject.shortName);
    case Field::Kind:
        return subject.kind.compare(term.text, Qt::CaseInsensitive) == 0;
    case Field::Errno:
        return subject.errnoValue &&
               (term.number == 0 ? *subject.errnoValue != 0 : *subject.errnoValue == term.number);
    case Field::State:
        return std::find(subject.states.begin(), subject.states.end(), *term.state) != subject.states.end();
    case Field::Run:
        return subject.run == term.number;
    case Field::Source:
        return has(subject.source);
    case Field::Above:
        return subject.duration && *subject.duration > term.time;
    case Field::AtLeast:
        return subject.duration && *subject.duration >= term.time;
    case Field::Below:
        return subject.duration && *subject.duration < term.time;
    case Field::AtMost:
        break;
    }
    return subject.duration && *subject.duration <= term.time;
}

bool EventFilter::accepts(const FilterSubject& subject) const {
    return std::all_of(terms_.begin(), terms_.end(),
                       [&](const Term& term) { return holds(term, subject) != term.negated; });
}

bool EventFilter::names(const QString& kind) const {
    return std::any_of(terms_.begin(), terms_.end(), [&](const Term& term) {
        return term.field == Field::Kind && !term.negated &&
               term.text.compare(kind, Qt::CaseInsensitive) == 0;
    });
}

QString EventFilter::help() {
    return tr("All words must hold:\n"
              "  dev:3b:00.2    of this device\n"
              "  kind:arc       arc, stream, precopy, estimate, reset, call, stuck, run-begin, kernel-log …\n"
              "  errno:EBUSY    failed with it; errno:* for any failure\n"
              "  state:STOP     from, to, or where it stands after\n"
              "  run:2          of this run\n"
              "  >10ms  <=2s    took longer, or not longer (ns, us, ms, s, min; ms without)\n"
              "  src:user       who caused it\n"
              "  any word, \"several words\"; -word: without it");
}

} // namespace migscope
