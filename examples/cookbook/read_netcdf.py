"""ensemble.nc in Python, with xarray."""

import xarray

results = xarray.open_dataset("results/ensemble.nc")
share = results.revenue_share.sel(layer="all", segment="all", provider="incumbent")
print(share.sel(time="2030Q4").item())  # a period; results.annual_revenue_share.sel(year=2030) is a year
band = results.revenue_share_quantile.sel(layer="all", segment="all", quantile=[0.05, 0.95])

# With --keep-replications: the probability that one leads another by 10 points or more in 2030.
every = results.annual_revenue_share_replication.sel(year=2030, layer="all", segment="all")
print((every.sel(provider="incumbent") - every.sel(provider="hyperscaler") >= 0.1).mean().item())
