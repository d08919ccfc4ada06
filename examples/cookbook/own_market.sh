lockin check own_market.toml

lockin run own_market.toml | tail -n 2

lockin run own_market.toml --set portability=0.5 --set layers.iaas.lock_in.stages=0 \
  --set segments.firms.switching_cost.iaas=0.5 --set segments.public_sector.switching_cost.iaas=1.0 | tail -n 2
