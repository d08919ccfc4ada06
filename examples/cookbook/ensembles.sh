# The commands of docs/ensembles.md.
cp own_market.toml market.toml

lockin run market.toml --replications 1000 --out results

lockin run market.toml --replications 10000 --until se=0.002
lockin run market.toml --replications 10000 --until se=0.01,measure=token_share,layer=maas,provider=startup,at=2030

lockin compare china_ai_cloud china_price_war --replications 100

lockin split market.toml --draws 200 --shocks 4 --histories 4
