// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a report looks: dense and calm, on a desk, in a hand, on paper.
#include "ui/report/report_page.h"
#include "ui/theme.h"

namespace migscope {
namespace {

/// No '<' and no '&': the page is XML too.
constexpr const char* rules = R"css(
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
body{font:14px/1.45 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;margin:0 auto;max-width:1128px;
padding:20px 24px 40px}
h1,h2,p,li,dd{overflow-wrap:anywhere}
h1{font-size:22px;line-height:1.25;margin:0 0 2px}
h2{font-size:16px;margin:34px 0 8px;padding-top:10px;border-top:1px solid var(--rule)}
h3,figcaption,summary{font-size:13px;font-weight:600;margin:0 0 4px}
p{margin:0 0 4px}
.about{color:var(--quiet)}
.simulated{display:inline-block;margin:0 0 10px;padding:2px 10px;border:2px solid var(--warning);
color:var(--warning);font-weight:700;letter-spacing:.06em}
.verdict{margin:14px 0 0;padding:8px 0 8px 14px;border-left:5px solid var(--quiet)}
.verdict p:first-child{font-size:18px;font-weight:650;line-height:1.3}
.verdict.good{border-color:var(--good)}
.verdict.warning{border-color:var(--warning)}
.verdict.bad{border-color:var(--bad)}
.cautions{margin:12px 0 0;padding:0 0 0 14px;list-style:none;border-left:5px solid var(--warning)}
.parts{display:flex;flex-wrap:wrap;gap:18px 44px;align-items:flex-start}
.parts>*{margin:0;max-width:100%}
.parts>p,.parts>figure,.parts>details,.parts>.facts{flex:0 0 100%}
.parts>p+p{margin-top:-14px}
figure svg{display:block;max-width:100%;height:auto}
svg text{font-family:"DejaVu Sans",Verdana,"Bitstream Vera Sans",sans-serif;white-space:pre}
svg.narrow{display:none}
.scroll{overflow-x:auto}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;width:max-content;max-width:100%;font-variant-numeric:tabular-nums;font-size:13px;line-height:1.35}
th,td{padding:3px 14px 3px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
thead th{color:var(--quiet);font-weight:500;vertical-align:bottom}
thead th.n{white-space:normal}
tbody th{font-weight:500}
tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
.n{text-align:right;white-space:nowrap}
td.n.quiet{white-space:normal}
.quiet{color:var(--quiet)}
.good{color:var(--good)}
.warning{color:var(--warning)}
.bad{color:var(--bad)}
.verdict.good,.verdict.warning,.verdict.bad{color:inherit}
.note{color:var(--quiet);font-size:12px;max-width:80ch;margin:4px 0 0}
summary{cursor:pointer}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:16px 28px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:1px 12px;margin:0;font-size:13px}
dt{color:var(--quiet)}
dd{margin:0}
footer{margin-top:36px;padding-top:8px;border-top:1px solid var(--rule);color:var(--quiet);font-size:12px}
@media(max-width:640px){
body{padding:14px 14px 28px}
svg.wide{display:none}
svg.narrow{display:block}
.facts{grid-template-columns:1fr}
dl{grid-template-columns:minmax(96px,max-content) 1fr}
th,td{padding-right:10px}
table{max-width:660px}
}
@media print{
body{max-width:none;padding:0;font-size:10.5pt}
svg.wide{display:block}
svg.narrow{display:none}
h2{break-after:avoid}
figure,tr,.facts section{break-inside:avoid}
table{font-size:9pt}
.scroll{overflow:visible}
}
)css";

/// The window's own colours, so that pictures and page are one.
QByteArray named(const Theme& theme) {
    const auto one = [](const char* name, const QColor& colour) {
        return QByteArray(name) + ':' + colour.name().toLatin1() + ';';
    };
    return one("--paper", theme.card()) + one("--ink", theme.text()) + one("--quiet", theme.quiet()) +
           one("--rule", mix(theme.text(), theme.card(), 0.16)) + one("--good", theme.good()) +
           one("--warning", theme.warning()) + one("--bad", theme.bad()) + one("--link", theme.highlight());
}

} // namespace

QByteArray reportStyle(const QByteArray& light, const QByteArray& dark, const std::optional<bool>& only) {
    const QByteArray inLight = named(Theme::of(lightPalette())) + light;
    const QByteArray inDark = named(Theme::of(darkPalette())) + dark;
    if (only)
        return QByteArray(*only ? ":root{color-scheme:dark;" : ":root{color-scheme:light;") +
               (*only ? inDark : inLight) + "}" + rules;
    // Paper is light, whatever the screen is.
    return ":root{color-scheme:light dark;" + inLight +
           "}\n@media screen and (prefers-color-scheme:dark){:root{" + inDark + "}}" + rules;
}

} // namespace migscope
