// What JavaScript calls. Nothing throws across the border: a call that fails gives false or nothing, and `what_if_message` says why.
// Texts are UTF-8 with a zero at the end and belong to the object, as do arrays.
#include <emscripten/emscripten.h>

#include <array>
#include <exception>
#include <memory>
#include <string>

#include "wasm/what_if.hpp"

namespace {

struct Page {
  std::unique_ptr<lockin::WhatIf> what_if;  // nothing: the scenario could not be read
  std::string message, text;
  std::array<double, 5> numbers = {};
};

const char* kept(Page& page, std::string text) {
  page.text = std::move(text);
  return page.text.c_str();
}

}  // namespace

extern "C" {

/// Reads a scenario and runs it. Never null; `what_if_message` is empty if it went well, and only then may the others but
/// `what_if_close` be called.
EMSCRIPTEN_KEEPALIVE Page* what_if_open(const char* scenario, int knobs) {
  auto page = std::make_unique<Page>();
  try {
    page->what_if = std::make_unique<lockin::WhatIf>(scenario, static_cast<std::size_t>(knobs));
  } catch (const std::exception& error) {
    page->message = error.what();
  }
  return page.release();
}

EMSCRIPTEN_KEEPALIVE void what_if_close(Page* page) { delete page; }

/// What was wrong with the last call of `what_if_open` or `what_if_run`; empty if nothing.
EMSCRIPTEN_KEEPALIVE const char* what_if_message(const Page* page) { return page->message.c_str(); }

/// Runs with one value for each knob. False: see `what_if_message`; the shares are those of the run before.
EMSCRIPTEN_KEEPALIVE bool what_if_run(Page* page, const double* values) {
  try {
    page->message.clear();
    page->what_if->run({values, page->what_if->knobs().size()});
    return true;
  } catch (const std::exception& error) {
    page->message = error.what();
    return false;
  }
}

EMSCRIPTEN_KEEPALIVE int what_if_knobs(const Page* page) {
  return static_cast<int>(page->what_if->knobs().size());
}
EMSCRIPTEN_KEEPALIVE const char* what_if_knob_key(const Page* page, int k) {
  return page->what_if->knobs()[static_cast<std::size_t>(k)].key.c_str();
}
/// value, min, max, derivative, and 1 for a whole number, else 0.
EMSCRIPTEN_KEEPALIVE const double* what_if_knob_numbers(Page* page, int k) {
  const lockin::Knob& knob = page->what_if->knobs()[static_cast<std::size_t>(k)];
  page->numbers = {knob.value, knob.min, knob.max, knob.derivative, knob.whole ? 1.0 : 0.0};
  return page->numbers.data();
}

EMSCRIPTEN_KEEPALIVE int what_if_providers(const Page* page) {
  return static_cast<int>(page->what_if->names().providers.size());
}
EMSCRIPTEN_KEEPALIVE const char* what_if_provider_key(const Page* page, int j) {
  return page->what_if->names().providers[static_cast<std::size_t>(j)].c_str();
}
EMSCRIPTEN_KEEPALIVE const char* what_if_provider_name(const Page* page, int j) {
  return page->what_if->names().display_names[static_cast<std::size_t>(j)].c_str();
}

/// Periods, the opening not among them.
EMSCRIPTEN_KEEPALIVE int what_if_periods(const Page* page) {
  return static_cast<int>(page->what_if->calendar().size());
}
/// `2025Q1`; t = -1 is the opening.
EMSCRIPTEN_KEEPALIVE const char* what_if_period_label(Page* page, int t) {
  return kept(*page, page->what_if->calendar().label(t));
}
/// What `what_if_last` is about: `2030`.
EMSCRIPTEN_KEEPALIVE const char* what_if_last_label(Page* page) {
  return kept(*page, page->what_if->last_label());
}

EMSCRIPTEN_KEEPALIVE int what_if_rankings(const Page* page) {
  return static_cast<int>(page->what_if->rankings().size());
}
/// `revenue_share` or `token_share`.
EMSCRIPTEN_KEEPALIVE const char* what_if_ranking_measure(Page* page, int r) {
  return kept(*page,
              std::string(lockin::name_of(page->what_if->rankings()[static_cast<std::size_t>(r)].measure)));
}
/// The key of a layer, or `all`.
EMSCRIPTEN_KEEPALIVE const char* what_if_ranking_layer(const Page* page, int r) {
  return page->what_if->rankings()[static_cast<std::size_t>(r)].layer.c_str();
}
/// Shares of the last run: [opening, then each period][provider], 0..1; NaN where there is none.
EMSCRIPTEN_KEEPALIVE const double* what_if_shares(const Page* page, int r) {
  return page->what_if->rankings()[static_cast<std::size_t>(r)].shares.data();
}
/// Shares of the last run in the last whole year: [provider].
EMSCRIPTEN_KEEPALIVE const double* what_if_last(const Page* page, int r) {
  return page->what_if->rankings()[static_cast<std::size_t>(r)].last.data();
}
}
