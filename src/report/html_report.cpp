#include "lockin/report/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "lockin/error.hpp"
#include "report/detail/comparison_sections.hpp"
#include "report/detail/html_text.hpp"
#include "report/detail/page_bundle.hpp"
#include "report/detail/page_data.hpp"
#include "report/detail/page_sections.hpp"
#include "report/detail/run_results.hpp"
#include "report/detail/split_sections.hpp"

namespace lockin {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view no_charts =
    "<p class=\"note\">This build of lockin has no charts: node was not there when it was built.</p>\n";
constexpr std::string_view no_script =
    "<noscript><p class=\"note\">Charts need JavaScript; the tables do not.</p></noscript>\n";

// Nothing may be fetched from anywhere.
constexpr std::string_view policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; img-src "
    "data: "
    "blob:";

std::string page(const std::string& title, const std::string& content, const ordered_json& data) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<title>{}</title>\n<style>\n{}</style>\n"
      "</head>\n<body>\n<main>\n{}</main>\n",
      policy, detail::escaped(title), detail::page_style(), content);
  if (report_has_charts()) {
    out += "<script type=\"application/json\" id=\"data\">";
    out += detail::script_json(data.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    out += "</script>\n<script>\n";
    out += detail::page_script();
    out += "</script>\n";
  }
  return out + "</body>\n</html>\n";
}

// Links to the sections that are there.
std::string contents(const std::string& sections) {
  std::string links;
  for (const auto& [id, name] :
       {std::pair("shares", "Shares"), std::pair("ranks", "Ranks"), std::pair("flows", "Flows"),
        std::pair("growth", "Growth"), std::pair("lock-in", "Lock-in"), std::pair("differs", "What differs"),
        std::pair("variance", "Variance"), std::pair("assumptions", "Assumptions"),
        std::pair("uncertain", "Uncertainty"), std::pair("rerun", "Run it again")})
    if (sections.find(fmt::format("<section id=\"{}\">", id)) != std::string::npos)
      links += fmt::format("<a href=\"#{}\">{}</a>\n", id, name);
  return links;
}

std::string header(const std::string& title, const std::string& about, const std::string& sections) {
  return fmt::format(
      "<header>\n<h1>{}</h1>\n<p class=\"about\">{}</p>\n<nav>\n{}</nav>\n<div "
      "id=\"tools\"></div>\n</header>\n{}",
      detail::escaped(title), detail::escaped(about), contents(sections),
      report_has_charts() ? no_script : no_charts);
}

// Of many providers and periods, so many providers that browsers and mail take the page.
constexpr std::size_t most_bytes = 1'900'000, fewest_providers = 6;

// `page_of(results, dropped)`, which says what was dropped, with fewer providers if it is too large.
template <class Results, class PageOf>
std::string limited(Results results, const PageOf& page_of) {
  const std::size_t all = results.providers().size();
  std::string page = page_of(results, std::string());
  for (std::size_t most = all; page.size() > most_bytes && most > fewest_providers;) {
    most = std::max(fewest_providers, most * 2 / 3);
    results.keep_largest(most);
    page = page_of(
        results, fmt::format("; the {} largest of {} providers, the others are in the files beside this page",
                             most, all));
  }
  return page;
}

std::string run_page(const detail::RunResults& results, const std::string& dropped) {
  const bool open = !report_has_charts();
  const std::string title = results.record.value("title", results.scenario.name);
  std::string about = fmt::format("{} to {}; {} engine, seed {}", results.moments.at(1),
                                  results.moments.back(), results.record.value("engine", std::string("?")),
                                  results.record.value("seed", ordered_json()).dump());
  about += dropped;
  std::string content = detail::answer_section(results);
  content += "<section id=\"what-if\" hidden></section>\n";
  content += detail::share_section(results, open);
  content += detail::rank_section(results, open);
  content += detail::flow_section(results, open);
  content += detail::growth_section(results, open);
  content += detail::lock_in_section(results, open);
  content += detail::assumption_section(results.scenario, results.record);
  content += detail::uncertainty_section(results, open);
  content += detail::rerun_section(results);
  return page(title, header(title, about, content) + content, detail::page_data(results));
}

std::string comparison_page(const detail::ComparisonResults& results, const std::string& dropped) {
  std::string title = "Compared:";
  for (const Scenario& scenario : results.scenarios)
    title += fmt::format(" {}{}", scenario.name, &scenario == &results.scenarios.back() ? "" : ",");
  std::string about = fmt::format(
      "{} to {}; {} replications each, in pairs with the same random numbers; {} engine, seed {}",
      results.moments.front(), results.moments.back(),
      results.record.value("replications", ordered_json()).dump(),
      results.record.value("engine", std::string("?")), results.record.value("seed", ordered_json()).dump());
  if (const auto failed = results.record.value("failed_replications", std::uint64_t{0}); failed > 0)
    about += fmt::format("; {} failed and are left out with their pairs", failed);
  about += dropped;
  const std::string content = detail::comparison_sections(results, !report_has_charts());
  return page(title, header(title, about, content) + content, detail::comparison_data(results));
}

std::string split_page(const detail::SplitResults& results, const std::string& dropped) {
  const std::string title = results.record.value("title", results.scenario.name);
  const std::string about = fmt::format(
      "Where the uncertainty of {} comes from: {} draws of {} uncertain numbers, histories of shocks for "
      "each: {}, of customers for "
      "each of those: {}; {} engine, seed {}{}",
      results.last_label(), results.nested[0], results.scenario.uncertain.size(), results.nested[1],
      results.nested[2], results.record.value("engine", std::string("?")),
      results.record.value("seed", ordered_json()).dump(), dropped);
  const std::string content = detail::split_sections(results, !report_has_charts());
  return page(title, header(title, about, content) + content, detail::split_data(results));
}

}  // namespace

bool report_has_charts() { return !detail::page_script().empty(); }

bool report_has_sliders() { return report_has_charts() && detail::page_has_engine(); }

std::string html_report(const ResultFiles& files) {
  try {
    if (files.contains("comparison.csv")) return limited(detail::ComparisonResults(files), comparison_page);
    if (files.contains("variance.csv")) return limited(detail::SplitResults(files), split_page);
    return limited(detail::RunResults(files), run_page);
  } catch (const ordered_json::exception& error) {  // a field of another type
    throw InputError({{{"run.json", 0, 0}, {"record", error.what(), "what lockin writes", {}}, {}}});
  }
}

}  // namespace lockin
