lockin run own_market.toml --out results

Rscript read_results.R
