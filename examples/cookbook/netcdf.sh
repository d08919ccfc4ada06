lockin run own_market.toml --replications 400 --out results --keep-replications
