#include "report/detail/html_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lockin/report/display_width.hpp"

namespace lockin::detail {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  std::size_t start = 0;
  while (start <= text.size()) {  // line by line: the line ends stay
    const std::size_t end = std::min(text.find('\n', start), text.size());
    for (const char c : printable(text.substr(start, end - start))) {
      if (c == '<')
        result += "&lt;";
      else if (c == '>')
        result += "&gt;";
      else if (c == '&')
        result += "&amp;";
      else if (c == '"')
        result += "&quot;";
      else if (c == '\'')
        result += "&#39;";
      else
        result += c;
    }
    if (end < text.size()) result += '\n';
    start = end + 1;
  }
  return result;
}

std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows, bool words) {
  std::string out =
      fmt::format("<div class=\"scroll{}\" tabindex=\"0\"><table><thead><tr>", words ? " words" : "");
  for (const std::string& cell : head) out += fmt::format("<th scope=\"col\">{}</th>", escaped(cell));
  out += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      out += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", escaped(row[i]))
                    : fmt::format("<td>{}</td>", escaped(row[i]));
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string folded_table(std::string_view summary, const std::vector<std::string>& head,
                         const std::vector<std::vector<std::string>>& rows, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "",
                     escaped(summary), html_table(head, rows));
}

std::string script_json(std::string json) {
  replace_all(json, "<", "\\u003c");  // stands in texts only
  replace_all(json, "\u2028", "\\u2028");
  replace_all(json, "\u2029", "\\u2029");
  return json;
}

}  // namespace lockin::detail
