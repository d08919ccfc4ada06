lockin check own_market.toml

lockin run own_market.toml | tail -n 2

lockin run own_market.toml --set portability=0.5 | tail -n 2
