lockin run own_market.toml --replications 40 --out results

Rscript read_netcdf.R
