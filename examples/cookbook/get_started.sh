# The commands of docs/get_started.md, in a folder of their own.
lockin scenarios --copy two_firms --to market.toml

lockin check market.toml

lockin run market.toml

lockin run market.toml --set segments.firms.switching_cost.cloud.full=1.0 | tail -n 1

lockin run market.toml --out results
