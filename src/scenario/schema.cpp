#include "lockin/scenario/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace lockin {
namespace {

using enum ValueShape;
using enum KeyedBy;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr std::string_view any = "a finite number", probability = "a probability per year (0..1)", share = "a share (0..1)",
                           not_negative = "a number >= 0", positive = "a number > 0";

constexpr std::array keys{
    SchemaKey{.path = "title", .shape = text, .default_value = "file name", .meaning = "heading of the report"},
    SchemaKey{.path = "extends", .shape = text, .allowed = "a file name, relative to this file", .default_value = "none", .meaning = "inherit from another scenario: named tables merge, values replace, events go by name"},
    SchemaKey{.path = "currency", .shape = text, .allowed = "a code and a unit: none, k, mn, bn or tn, as in \"CNY bn\"", .default_value = "no unit", .meaning = "unit of market.size and of all revenue; prices per token are in the bare currency"},
    SchemaKey{.path = "portability", .shape = path, .unit = "factor", .allowed = not_negative, .min = 0, .ratio = true, .event_target = true, .default_value = "1", .meaning = "factor on every switching cost: 0.6 is a rule or standard that makes leaving 40 % easier"},
    SchemaKey{.path = "source", .shape = text, .meaning = "allowed in any table, without effect"},
    SchemaKey{.path = "note", .shape = text, .meaning = "allowed in any table, without effect"},
    SchemaKey{.path = "horizon.start", .shape = date, .allowed = "a date: 2025, 2025Q1 or 2025-01", .required = true, .meaning = "first simulated period; stated shares, customers and stages are the opening, just before it"},
    SchemaKey{.path = "horizon.end", .shape = date, .allowed = "a date: 2025, 2025Q1 or 2025-01", .required = true, .meaning = "last simulated period; a coarse date means its last period"},
    SchemaKey{.path = "horizon.period", .shape = choice, .allowed = "\"year\", \"quarter\" or \"month\"", .default_value = "quarter", .meaning = "length of a period; rates keep their meaning; dates may not be finer than it"},
    SchemaKey{.path = "market.size", .shape = annual, .unit = "currency a year", .allowed = positive, .min = 0, .min_is_excluded = true, .default_value = "none", .meaning = "total of all layers per year, constant growth between given years; `growth` continues outside. Without it revenue is in relative units"},
    SchemaKey{.path = "layers.*.share", .shape = layer_share, .allowed = share, .min = 0, .max = 1, .default_value = "\"rest\"", .meaning = "part of market.size by year, a straight line between given years, flat outside; at most one layer is the rest"},
    SchemaKey{.path = "layers.*.unit", .shape = choice, .allowed = "\"spend\" or \"tokens\"", .default_value = "spend", .meaning = "a token layer also reports tokens and needs a price per million tokens from each provider"},
    SchemaKey{.path = "layers.*.slots", .shape = integer, .allowed = "1 or 2", .min = 1, .max = 2, .default_value = "1", .meaning = "2: customers may have a secondary supplier, see multi_home"},
    SchemaKey{.path = "layers.*.lock_in.stages", .shape = integer, .unit = "stages", .allowed = "a whole number, 0..64", .min = 0, .max = 64, .default_value = "0", .meaning = "D, the highest lock-in stage"},
    SchemaKey{.path = "layers.*.lock_in.advance", .shape = path, .unit = "per year", .allowed = probability, .min = 0, .max = 1, .event_target = true, .default_value = "1", .meaning = "lambda: a slot that kept its provider rises one stage; 1 means every period"},
    SchemaKey{.path = "layers.*.lock_in.curve_tau", .shape = number, .unit = "stages", .allowed = positive, .min = 0, .min_is_excluded = true, .default_value = "none", .meaning = "g(d) = (1 - exp(-d/tau)) / (1 - exp(-D/tau)); not with curve"},
    SchemaKey{.path = "layers.*.lock_in.curve", .shape = list, .allowed = "D + 1 numbers from 0 to 1, never falling", .min = 0, .max = 1, .default_value = "d/D", .meaning = "g itself; not with curve_tau"},
    SchemaKey{.path = "layers.*.lock_in.opening", .shape = list, .allowed = "D + 1 shares that add up to 1", .min = 0, .max = 1, .default_value = "all at stage D", .meaning = "stages of the opening base"},
    SchemaKey{.path = "layers.*.appeal", .shape = choice, .allowed = "\"stated\" or \"revealed\"", .default_value = "stated", .meaning = "revealed: on top of the providers' appeal comes a base with which free choice reproduces the opening shares"},
    SchemaKey{.path = "layers.*.nests", .shape = nests, .allowed = "{ groups = [[\"a\", \"b\"], ...], dissimilarity = 0.7 }", .default_value = "none", .meaning = "nested logit; a provider in no group is alone"},
    SchemaKey{.path = "layers.*.nests.groups", .shape = list, .allowed = "a list of lists of providers", .required = true, .meaning = "the nests"},
    SchemaKey{.path = "layers.*.nests.dissimilarity", .shape = number, .allowed = "a number in (0, 1]", .min = 0, .max = 1, .min_is_excluded = true, .required = true, .meaning = "1: no nests; near 0: providers of a nest are perfect substitutes"},
    SchemaKey{.path = "providers.*.name", .shape = text, .default_value = "the key", .meaning = "shown in reports"},
    SchemaKey{.path = "providers.*.*.share", .shape = opening_share, .by = segment, .allowed = share, .min = 0, .max = 1, .default_value = "0", .meaning = "share of the slots held at the opening, or \"rest\"; per layer and segment they add up to 1"},
    SchemaKey{.path = "providers.*.*.price", .shape = path, .unit = "index", .allowed = positive, .min = 0, .min_is_excluded = true, .ratio = true, .event_target = true, .default_value = "1", .meaning = "1 = the market's reference; only in spend layers"},
    SchemaKey{.path = "providers.*.*.price_per_million_tokens", .shape = path, .unit = "bare currency", .allowed = positive, .min = 0, .min_is_excluded = true, .ratio = true, .event_target = true, .default_value = "required in token layers", .meaning = "the price in the utility and in the token count; only in token layers"},
    SchemaKey{.path = "providers.*.*.quality", .shape = path, .unit = "index", .allowed = any, .event_target = true, .default_value = "1", .meaning = "q, 1 = the market's reference; may be a process of releases"},
    SchemaKey{.path = "providers.*.*.reach", .shape = path, .by = segment, .allowed = any, .event_target = true, .default_value = "0", .meaning = "r: sales and service presence"},
    SchemaKey{.path = "providers.*.*.appeal", .shape = path, .by = segment, .unit = "logits", .allowed = any, .event_target = true, .default_value = "0", .meaning = "xi: whatever else attracts; where appeal is revealed, a push beyond it"},
    SchemaKey{.path = "providers.*.*.launch", .shape = date, .allowed = "a date", .default_value = "sold from the opening", .meaning = "first period in which customers can choose it"},
    SchemaKey{.path = "providers.*.*.withdraw", .shape = date, .allowed = "a date after launch", .default_value = "never", .meaning = "first period in which they no longer can; those it still has must choose anew in it"},
    SchemaKey{.path = "providers.*.policy.price", .shape = learning_curve, .allowed = "{ rule = \"learning_curve\", rate, pass_through, experience, layers }", .default_value = "none", .meaning = "price falls with cumulative volume (Wright)"},
    SchemaKey{.path = "providers.*.policy.price.rule", .shape = choice, .allowed = "\"learning_curve\"", .required = true, .meaning = "the rule"},
    SchemaKey{.path = "providers.*.policy.price.rate", .shape = number, .allowed = "a number in (0, 1]", .min = 0, .max = 1, .min_is_excluded = true, .required = true, .meaning = "cost after each doubling of cumulative volume"},
    SchemaKey{.path = "providers.*.policy.price.pass_through", .shape = number, .allowed = "a number, 0..1", .min = 0, .max = 1, .default_value = "1", .meaning = "the part, in logarithms, that reaches the price"},
    SchemaKey{.path = "providers.*.policy.price.experience", .shape = number, .unit = "years", .allowed = positive, .min = 0, .min_is_excluded = true, .default_value = "1", .meaning = "years of opening volume already behind the provider"},
    SchemaKey{.path = "providers.*.policy.price.layers", .shape = list, .allowed = "a list of layers that the provider sells", .default_value = "all that it sells", .meaning = "where the rule acts"},
    SchemaKey{.path = "segments.*.customers", .shape = integer, .allowed = "a whole number, 1..1e12", .min = 1, .max = 1e12, .required = true, .meaning = "customers at the opening, adopted or not"},
    SchemaKey{.path = "segments.*.entry", .shape = path, .unit = "per year", .allowed = not_negative, .min = 0, .event_target = true, .default_value = "0", .meaning = "new customers per year as a share of those present, compounding"},
    SchemaKey{.path = "segments.*.exit", .shape = path, .unit = "per year", .allowed = "a share per year (0 to below 1)", .min = 0, .max = 1, .max_is_excluded = true, .event_target = true, .default_value = "0", .meaning = "share per year that leaves the market, compounding"},
    SchemaKey{.path = "segments.*.size", .shape = size, .allowed = "1, or { spread = \"pareto\", tail, classes } or { spread = \"lognormal\", sigma, classes }, either with switching_cost", .default_value = "1", .meaning = "spread of spend within the segment, mean 1"},
    SchemaKey{.path = "segments.*.size.spread", .shape = choice, .allowed = "\"pareto\" or \"lognormal\"", .required = true, .meaning = "law of the sizes"},
    SchemaKey{.path = "segments.*.size.tail", .shape = plain_number, .allowed = "a number > 1", .min = 1, .min_is_excluded = true, .meaning = "exponent of a Pareto law"},
    SchemaKey{.path = "segments.*.size.sigma", .shape = plain_number, .allowed = positive, .min = 0, .min_is_excluded = true, .meaning = "sd of the logarithm of a lognormal law"},
    SchemaKey{.path = "segments.*.size.classes", .shape = integer, .allowed = "a whole number, 1..1000", .min = 1, .max = 1000, .default_value = "8", .meaning = "classes of equal probability at their conditional means"},
    SchemaKey{.path = "segments.*.size.switching_cost", .shape = plain_number, .allowed = any, .default_value = "0", .meaning = "z: switching costs are multiplied by size to this power, the segment's average kept"},
    SchemaKey{.path = "segments.*.intensity", .shape = path, .by = layer, .unit = "relative", .allowed = not_negative, .min = 0, .ratio = true, .event_target = true, .default_value = "1", .meaning = "mean spend of a customer, relative to other segments"},
    SchemaKey{.path = "segments.*.taste.price", .shape = taste, .by = layer, .unit = "logits", .allowed = not_negative, .min = 0, .default_value = "1", .meaning = "alpha: weight of ln price"},
    SchemaKey{.path = "segments.*.taste.quality", .shape = taste, .by = layer, .unit = "logits", .allowed = any, .default_value = "1", .meaning = "beta: utility of one unit of the quality index"},
    SchemaKey{.path = "segments.*.taste.switching_cost", .shape = taste, .by = layer, .unit = "factor", .allowed = not_negative, .min = 0, .default_value = "1", .meaning = "factor on the segment's switching costs"},
    SchemaKey{.path = "segments.*.taste.reach", .shape = number, .by = layer, .unit = "logits", .allowed = any, .default_value = "1", .meaning = "gamma: weight of reach"},
    SchemaKey{.path = "segments.*.taste.classes", .shape = taste_classes, .allowed = "a list of { weight, price, quality, switching_cost }", .default_value = "none", .meaning = "latent classes that differ in several coefficients at once"},
    SchemaKey{.path = "segments.*.taste.classes.weight", .shape = number, .allowed = positive, .min = 0, .min_is_excluded = true, .default_value = "1", .meaning = "relative size of the class"},
    SchemaKey{.path = "segments.*.re_evaluate", .shape = path, .by = layer, .unit = "per year", .allowed = probability, .min = 0, .max = 1, .event_target = true, .required = true, .meaning = "rho: a customer looks at the market again at least once in a year"},
    SchemaKey{.path = "segments.*.switching_cost", .shape = switching_cost, .by = layer, .unit = "logits", .allowed = not_negative, .min = 0, .event_target = true, .default_value = "0", .meaning = "kappa at stage 0 (initial) and at stage D (full); a single value is both"},
    SchemaKey{.path = "segments.*.adopted", .shape = number, .by = layer, .allowed = share, .min = 0, .max = 1, .default_value = "1", .meaning = "share of slots that hold a provider at the opening"},
    SchemaKey{.path = "segments.*.adopt", .shape = adopt, .by = layer, .unit = "per year", .allowed = "a probability per year (0..1), innovate + imitate <= 1", .min = 0, .max = 1, .event_target = true, .default_value = "innovate 1, imitate 0", .meaning = "Bass p (innovate) and b (imitate); required in a layer where adopted is below 1"},
    SchemaKey{.path = "segments.*.network", .shape = path, .by = layer, .unit = "logits", .allowed = any, .event_target = true, .default_value = "0", .meaning = "eta: utility of a provider that all customers of the layer use"},
    SchemaKey{.path = "segments.*.affinity", .shape = path, .unit = "logits", .allowed = any, .event_target = true, .default_value = "0", .meaning = "X_from_Y, theta: pull towards provider j in layer X for each other slot of layer Y that j holds"},
    SchemaKey{.path = "segments.*.multi_home", .shape = multi_home, .allowed = "a table of layers: { share_of_customers, primary_spend }", .default_value = "nobody", .meaning = "customers with a secondary slot; only in layers with two slots"},
    SchemaKey{.path = "segments.*.multi_home.*.share_of_customers", .shape = plain_number, .allowed = share, .min = 0, .max = 1, .required = true, .meaning = "the part of customers with a secondary slot"},
    SchemaKey{.path = "segments.*.multi_home.*.primary_spend", .shape = plain_number, .allowed = "a number between 0 and 1", .min = 0, .max = 1, .min_is_excluded = true, .max_is_excluded = true, .required = true, .meaning = "the primary slot's part of their spend"},
    SchemaKey{.path = "segments.*.private_share", .shape = path, .allowed = share, .min = 0, .max = 1, .event_target = true, .default_value = "0", .meaning = "part of spend in token layers on private deployment: in revenue, not in tokens"},
    SchemaKey{.path = "events.*.name", .shape = text, .required = true, .meaning = "unique"},
    SchemaKey{.path = "events.*.at", .shape = date, .allowed = "a date", .default_value = "one of at and when", .meaning = "first period of effect; before start it is already under way"},
    SchemaKey{.path = "events.*.when", .shape = trigger, .allowed = "MEASURE.LAYER[.PROVIDER] OP number", .default_value = "one of at and when", .meaning = "begins, once and for all, when the condition held at the end of the period before"},
    SchemaKey{.path = "events.*.lasts", .shape = duration, .allowed = "a duration: \"4 quarters\", \"6 months\", \"2 years\"", .default_value = "for ever", .meaning = "then the effect ends at once"},
    SchemaKey{.path = "events.*.ramp", .shape = duration, .allowed = "a duration: \"4 quarters\", \"6 months\", \"2 years\"", .default_value = "at once", .meaning = "the effect builds up over so many periods"},
    SchemaKey{.path = "events.*.scale", .shape = effects, .allowed = any, .default_value = "none", .meaning = "\"event target\" = number: value * (1 + w (number - 1))"},
    SchemaKey{.path = "events.*.add", .shape = effects, .allowed = any, .default_value = "none", .meaning = "\"event target\" = number: value + w number"},
    SchemaKey{.path = "events.*.set", .shape = effects, .allowed = any, .default_value = "none", .meaning = "\"event target\" = number: value + w (number - value)"},
    SchemaKey{.path = "events.*.move.layer", .shape = text, .allowed = "a layer", .required = true, .meaning = "where slots move"},
    SchemaKey{.path = "events.*.move.from", .shape = text, .allowed = "a provider", .required = true, .meaning = "who loses them"},
    SchemaKey{.path = "events.*.move.to", .shape = text, .allowed = "a provider", .required = true, .meaning = "who gets them"},
    SchemaKey{.path = "events.*.move.share", .shape = number, .allowed = share, .min = 0, .max = 1, .required = true, .meaning = "probability that a slot moves"},
    SchemaKey{.path = "events.*.move.segment", .shape = text, .allowed = "a segment", .default_value = "all segments", .meaning = "whose slots move"},
    SchemaKey{.path = "events.*.move.keep_stage", .shape = boolean, .allowed = "true or false", .default_value = "false", .meaning = "a merger: the lock-in stage stays"},
    SchemaKey{.path = "run.engine", .shape = choice, .allowed = "\"agent\", \"cohort\" or \"mean_field\"", .default_value = "cohort", .meaning = "which engine"},
    SchemaKey{.path = "run.replications", .shape = integer, .allowed = "a whole number >= 1", .min = 1, .max = 1e9, .default_value = "1", .meaning = "how many histories"},
    SchemaKey{.path = "run.seed", .shape = integer, .allowed = "a whole number, 0..2^63-1", .min = 0, .max = inf, .default_value = "1", .meaning = "names the random numbers"},
    SchemaKey{.path = "run.customers", .shape = integer, .allowed = "a whole number, at least one for each segment", .min = 1, .max = 1e12, .default_value = "as many as in the segments", .meaning = "simulated customers, shared out in proportion"},
    SchemaKey{.path = "run.parameters", .shape = choice, .allowed = "\"mean\" or \"drawn\"", .default_value = "mean with one replication, else drawn", .meaning = "uncertain numbers"},
    SchemaKey{.path = "run.shocks", .shape = choice, .allowed = "\"mean\" or \"drawn\"", .default_value = "mean with one replication, else drawn", .meaning = "processes such as releases"},
    SchemaKey{.path = "run.sizes", .shape = choice, .allowed = "\"classes\" or \"drawn\"", .default_value = "classes", .meaning = "drawn: continuous sizes, agent only"},
};

std::string_view name_of(ValueShape shape) {
  switch (shape) {
    case text: return "text";
    case choice: return "choice";
    case date: return "date";
    case duration: return "duration";
    case integer: return "plain integer";
    case plain_number: return "plain number";
    case number: return "number";
    case path: return "path";
    case annual: return "annual";
    case list: return "list";
    case layer_share: return "annual, or \"rest\"";
    case opening_share: return "number, or \"rest\"";
    case boolean: return "true or false";
    case switching_cost: return "path, or { initial, full } of paths";
    case adopt: return "{ innovate, imitate } of paths";
    case taste: return "number, spread or values";
    case trigger: return "text";
    case effects: return "table of targets";
    case size: case taste_classes: case multi_home: case nests: case learning_curve: case table: break;
  }
  return "table";
}

}  // namespace

std::span<const SchemaKey> schema() { return keys; }

const SchemaKey& schema_key(std::string_view path) {
  for (const SchemaKey& key : keys)
    if (key.path == path) return key;
  throw std::out_of_range("no such key in the table: " + std::string(path));
}

std::string scenario_format_markdown() {
  std::string page = "| key | type | unit | allowed | default | event target | meaning |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const SchemaKey& key : keys) {
    std::string type(name_of(key.shape));
    if (key.by != nothing) type += key.by == layer ? ", by layer" : ", by segment";
    if (key.ratio) type += ", ratio";
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", key.path, type, key.unit, key.allowed,
                        key.required ? "required" : key.default_value, key.event_target ? "yes" : "", key.meaning);
  }
  return page;
}

}  // namespace lockin
