// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words with which the event log is filtered: `dev:3b:00.2 kind:arc errno:EBUSY >10ms`.
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

/// An event as the filter sees it. The texts are what the log shows.
struct FilterSubject {
    QString device;    ///< full name
    QString shortName; ///< as shown
    QString kind;
    QString text;
    QString source;                ///< "engine", "user", …
    std::vector<MigState> states;  ///< from, to, and where it stands after
    std::optional<int> errnoValue; ///< 0: went well; absent: the event has none
    QString errorWord;             ///< "EBUSY", "protocol-violation"
    std::optional<Ns> duration;    ///< of calls, waits
    std::optional<int> run;
};
[[nodiscard]] FilterSubject filterSubject(const Event& event, const QString& device, const QString& text);

/// Terms that must all hold. *Reentrant*, a value.
class EventFilter {
public:
    /// Words: `dev:` `kind:` `errno:` `state:` `run:` `src:` `>10ms` `<2s` `>=` `<=`; anything else must
    /// stand in the row; "quotes" keep spaces and make a term a plain phrase when they begin it; `-` or `!`
    /// in front turns a term round. A term that cannot be
    /// read is told in errors() and does not filter.
    [[nodiscard]] static EventFilter parse(const QString& text);

    [[nodiscard]] bool accepts(const FilterSubject& subject) const;
    [[nodiscard]] bool empty() const { return terms_.empty(); }
    [[nodiscard]] const QStringList& errors() const { return errors_; }
    /// The person asked for this kind by name.
    [[nodiscard]] bool names(const QString& kind) const;
    /// The words above, for people.
    [[nodiscard]] static QString help();

private:
    enum class Field { Word, Device, Kind, Errno, State, Run, Source, Above, AtLeast, Below, AtMost };
    struct Term {
        Field field{};
        bool negated = false;
        QString text;
        Ns time{0};
        int number = 0;
        std::optional<MigState> state;
    };
    struct Token {
        QString text;         ///< without its quotes
        bool phrase = false;  ///< begins with a quote: words, whatever they look like
        bool negated = false; ///< of a phrase; else the sign still stands in the text
    };
    [[nodiscard]] static std::vector<Token> tokensOf(const QString& text);
    void addTerm(const Token& token);
    [[nodiscard]] static bool holds(const Term& term, const FilterSubject& subject);
    std::vector<Term> terms_;
    QStringList errors_;
};

} // namespace migscope
