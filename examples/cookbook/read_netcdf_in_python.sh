lockin run own_market.toml --replications 40 --out results --keep-replications

python3 read_netcdf.py
