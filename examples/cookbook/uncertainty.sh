lockin run own_market.toml --replications 1000 --out results

lockin run own_market.toml --replications 10000 --until se=0.002

lockin split own_market.toml --draws 50
