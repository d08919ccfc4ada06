lockin run own_market.toml --seed 7 --replications 100 --out first

lockin run first/scenario.toml --threads 1 --out again
cmp first/shares.csv again/shares.csv

lockin run first/scenario.toml --only 42 --out history_42
